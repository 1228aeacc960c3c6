package keystone.agent.sandbox;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import keystone.agent.model.SandboxState;
import keystone.agent.model.UserError;
import keystone.agent.process.Patience;
import keystone.agent.store.SandboxDir;
import org.jspecify.annotations.Nullable;

/// Waits until a sandbox is in a state that a start can begin from.
final class Settling {
    /// How long a supervisor that begins, or ends, may look as if it were of no use.
    static final Duration LIMIT = Duration.ofSeconds(2);

    private Settling() {}

    /// What is seen of it; when it is on its way down, once it is there.
    static Observation.Intact settled(SandboxDir dir, StartListener listener)
            throws InterruptedException {
        Observation.Intact seen = Observer.ofThisHost().observe(dir, dir.spec());
        if (!(seen.state() instanceof SandboxState.Stopping)) {
            return seen;
        }
        listener.at("waiting for " + dir.name() + " to stop");
        Ending.awaitDown(dir);
        return Observer.ofThisHost().observe(dir, dir.spec());
    }

    /// A supervisor that lives but is of no use would only keep a start waiting. One that has just
    /// begun may look so for a moment.
    static void refuseStuck(SandboxDir dir) throws InterruptedException {
        var stuck = new AtomicReference<SandboxState.@Nullable Broken>();
        Patience.until(
                LIMIT,
                () -> {
                    stuck.set(brokenUnderSupervision(dir));
                    return stuck.get() == null;
                });
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        SandboxState.Broken broken = stuck.get();
        if (broken != null) {
            throw UserError.wrongState(broken.problem(), broken.fix());
        }
    }

    private static SandboxState.@Nullable Broken brokenUnderSupervision(SandboxDir dir) {
        try {
            return dir.isSupervised()
                            && Observer.ofThisHost().observe(dir).state()
                                    instanceof SandboxState.Broken broken
                    ? broken
                    : null;
        } catch (InterruptedException stop) {
            // The wait ends as well, and its caller throws.
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
