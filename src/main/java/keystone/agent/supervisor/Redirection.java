package keystone.agent.supervisor;

import java.time.Duration;
import java.util.Optional;
import keystone.agent.egress.NameService;
import keystone.agent.guest.Redirector;
import keystone.agent.model.Printable;
import org.jspecify.annotations.Nullable;

/// What is known of the guest's redirector, through which programs that know no proxy go. That it
/// does not run is seen in `status`, and ends nothing else. Thread-safe.
final class Redirection implements Redirector.Listener {
    private final NameService names;
    private final Object monitor = new Object();
    private @Nullable String problem = "it is not there yet";
    private boolean heard;

    Redirection(NameService names) {
        this.names = names;
    }

    @Override
    public void serves() {
        now(null);
    }

    @Override
    public void ended(String why) {
        now(why);
    }

    private void now(@Nullable String why) {
        synchronized (monitor) {
            problem = why;
            heard = true;
            monitor.notifyAll();
        }
    }

    @Override
    public Optional<String> refusal(String name) {
        return names.refusal(name);
    }

    /// Waits until it serves, or was not to be had.
    ///
    /// @return what is wrong
    Optional<String> await(Duration limit) throws InterruptedException {
        synchronized (monitor) {
            long end = System.nanoTime() + limit.toNanos();
            for (long left = limit.toNanos(); !heard && left > 0; left = end - System.nanoTime()) {
                monitor.wait(Math.ceilDiv(left, 1_000_000L));
            }
        }
        return problem();
    }

    /// Why programs that know no proxy have no network at the moment; empty when they have.
    Optional<String> problem() {
        synchronized (monitor) {
            return Optional.ofNullable(problem)
                    .map(
                            why ->
                                    "programs that know no proxy have no way out of the guest: "
                                            + Printable.of(why));
        }
    }
}
