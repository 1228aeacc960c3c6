package keystone.agent.sandbox;

import java.util.function.Consumer;
import keystone.agent.model.Review;
import keystone.agent.model.SandboxName;

/// Looking at what changed in a sandbox's project.
public final class Reviewing {
    private final Projects projects;
    private final GitReach gitReach;

    Reviewing(Projects projects, GitReach gitReach) {
        this.projects = projects;
        this.gitReach = gitReach;
    }

    /// Shows what changed since the last look, and makes this one the last when it was shown.
    public void review(SandboxName name, Consumer<Review> reader) {
        gitReach.reviewer(projects.named(name)).review(reader);
    }

    /// What changed since the last look; the next one shows it again.
    public Review glance(SandboxName name) {
        return gitReach.reviewer(projects.named(name)).look();
    }

    /// What changed since the look before the last.
    public Review again(SandboxName name) {
        return gitReach.reviewer(projects.named(name)).lookAgain();
    }
}
