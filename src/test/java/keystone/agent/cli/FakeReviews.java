package keystone.agent.cli;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.model.Danger;
import keystone.agent.model.Review;
import keystone.agent.model.Review.Baseline;
import keystone.agent.model.Review.Change;
import keystone.agent.model.Review.Concern;
import keystone.agent.model.Review.Kind;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// A look at a project that exists only in memory.
final class FakeReviews implements UseCases.OfReviews {
    private static final Review NOTHING =
            new Review(
                    FakeUseCases.NOW.minus(Duration.ofHours(2)),
                    Baseline.START,
                    List.of(),
                    List.of(),
                    true);

    @Nullable UserError failure;
    private Review next = NOTHING;
    private Review last = NOTHING;

    /// From now on there is something to see, hostile names too.
    void change() {
        var hook = new Change(".git/hooks/post-checkout", Kind.ADDED);
        var link = new Change("data\u001b[2J", Kind.CHANGED);
        next =
                new Review(
                        NOTHING.since(),
                        Baseline.START,
                        List.of(hook, new Change("README", Kind.CHANGED), link),
                        List.of(
                                new Concern(hook, Danger.GIT, ""),
                                new Concern(link, Danger.LINK, "/etc")),
                        true);
    }

    /// From now on there is more than is looked at, and nothing of what was seen changed.
    void outgrow() {
        next = new Review(NOTHING.since(), Baseline.START, List.of(), List.of(), false);
    }

    @Override
    public void review(SandboxName name, Consumer<Review> reader) {
        reader.accept(next);
        last = next.changes().isEmpty() ? last : next;
        next = new Review(FakeUseCases.NOW, Baseline.REVIEW, List.of(), List.of(), true);
    }

    @Override
    public Review glance(SandboxName name) {
        if (failure != null) {
            throw failure;
        }
        return next;
    }

    @Override
    public Review again(SandboxName name) {
        return last;
    }
}
