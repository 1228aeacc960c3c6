package keystone.agent.supervisor;

import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// What ends a start that can come to nothing any more: its machine is gone, or cannot go on. The
/// thread that brings the guest up is interrupted wherever it waits, and fails with the first
/// reason that was given.
final class Setback {
    /// Brings a guest up.
    interface Start<T> {
        T run() throws InterruptedException;
    }

    private final Thread starting = Thread.currentThread();
    private boolean over;
    private @Nullable UserError reason;

    /// Ends the start, unless it has come to its end, or for another reason already. From any
    /// thread.
    synchronized void because(UserError why) {
        if (!over && reason == null) {
            reason = why;
            starting.interrupt();
        }
    }

    /// Runs the start, in the thread that made this.
    ///
    /// @throws UserError the reason, whatever the start itself made of it
    /// @throws InterruptedException when the thread was interrupted without one
    <T> T run(Start<T> start) throws InterruptedException {
        try {
            T result = start.run();
            UserError tooLate = end();
            if (tooLate != null) {
                throw tooLate;
            }
            return result;
        } catch (InterruptedException | RuntimeException consequence) {
            UserError cause = end();
            if (cause == null || cause == consequence) {
                throw consequence;
            }
            cause.addSuppressed(consequence);
            throw cause;
        }
    }

    /// Nothing is interrupted from here on.
    private synchronized @Nullable UserError end() {
        over = true;
        if (reason != null) {
            // It may have come when nothing waited, and must not hit a later wait.
            boolean _ = Thread.interrupted();
        }
        return reason;
    }
}
