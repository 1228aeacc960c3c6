package keystone.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a command end cleanly when a signal ends the JVM. The JVM's end begins at once, with the
/// right exit code; this holds it up until the command has unwound.
final class Unwinding extends Thread {
    /// How long an interrupted command may take to leave nothing half done.
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Thread command;
    private final CountDownLatch unwound = new CountDownLatch(1);
    private volatile boolean signalled;

    private Unwinding(Thread command) {
        super("unwinding");
        this.command = command;
    }

    static Unwinding of(Thread command) {
        var unwinding = new Unwinding(command);
        Runtime.getRuntime().addShutdownHook(unwinding);
        return unwinding;
    }

    @Override
    public void run() {
        signalled = true;
        command.interrupt();
        try {
            var _ = unwound.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the process: with the signal's code when there was one, otherwise with this one.
    /// Without a signal there is nothing left to run, and `exit` would first set up the logging
    /// that tells of it.
    void end(int status) {
        unwound.countDown();
        if (signalled) {
            System.exit(status);
        }
        Runtime.getRuntime().halt(status);
    }
}
