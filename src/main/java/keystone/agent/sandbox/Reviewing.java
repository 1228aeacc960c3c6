package keystone.agent.sandbox;

import java.time.Clock;
import java.util.function.Consumer;
import keystone.agent.model.Review;
import keystone.agent.model.SandboxName;
import keystone.agent.review.Reviewer;
import keystone.agent.store.SandboxDir;

/// Looking at what changed in a sandbox's project.
public final class Reviewing {
    private final Projects projects;
    private final Clock clock;

    Reviewing(Projects projects, Clock clock) {
        this.projects = projects;
        this.clock = clock;
    }

    /// Shows what changed since the last look, and makes this one the last when it was shown.
    public void review(SandboxName name, Consumer<Review> reader) {
        reviewer(projects.named(name), clock).review(reader);
    }

    /// What changed since the last look; the next one shows it again.
    public Review glance(SandboxName name) {
        return reviewer(projects.named(name), clock).look();
    }

    /// What changed since the look before the last.
    public Review again(SandboxName name) {
        return reviewer(projects.named(name), clock).lookAgain();
    }

    static Reviewer reviewer(SandboxDir dir, Clock clock) {
        return new Reviewer(dir.spec().project(), dir.inventory(), clock);
    }
}
