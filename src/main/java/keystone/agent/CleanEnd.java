package keystone.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets an interrupted command leave nothing half done.
///
/// A signal starts the JVM's end at once, with the signal's exit code; as a shutdown hook this
/// interrupts the command and holds the end up until it has unwound.
final class CleanEnd extends Thread {
    private static final Duration UNWINDING = Duration.ofSeconds(10);

    private final Thread command;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean signalled;

    CleanEnd(Thread command) {
        super("end");
        this.command = command;
    }

    @Override
    public void run() {
        signalled = true;
        command.interrupt();
        try {
            var _ = ended.await(UNWINDING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the process with this status; after a signal, which has decided on another, only says
    /// that the command has unwound.
    void leave(int status) {
        ended.countDown();
        if (signalled) {
            // The thread of the signal ends the process. Exit would only wait for it, and load
            // classes beside its end.
            return;
        }
        // Not exit: it looks for a logger first, in every jar there is, which costs 10 ms of CPU on
        // every command. Nothing is left to be done: all output is flushed.
        Runtime.getRuntime().halt(status);
    }
}
