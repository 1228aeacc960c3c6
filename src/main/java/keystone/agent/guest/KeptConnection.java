package keystone.agent.guest;

import java.time.Duration;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import org.jspecify.annotations.Nullable;

/// Keeps an ssh connection to a guest: when it dies it is made again, until this is closed.
final class KeptConnection implements Owned.Ending {
    private static final Duration RETRY_FIRST = Duration.ofMillis(100);
    private static final Duration RETRY_LONGEST = Duration.ofSeconds(3);
    private static final Duration RECONNECT = Duration.ofSeconds(30);

    private final Kind kind;
    private final Object monitor = new Object();
    private boolean closed;
    private boolean up;
    private @Nullable MasterConnection connection;

    private KeptConnection(Kind kind) {
        this.kind = kind;
    }

    /// What a connection is for.
    interface Kind {
        /// Says of which guest it is, in the name of a thread.
        String title();

        MasterConnection start();

        UserError explain(SshFailure failure);
    }

    /// Connects, trying again what may pass until the limit.
    ///
    /// @throws UserError as the kind explains a failure
    static KeptConnection open(Kind kind, Duration limit) throws InterruptedException {
        var kept = new KeptConnection(kind);
        try {
            kept.connect(limit);
        } catch (InterruptedException | RuntimeException e) {
            kept.close();
            throw e;
        }
        Thread.ofVirtual().name(kind.title()).start(kept::keep);
        return kept;
    }

    private void connect(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Duration pause = RETRY_FIRST;
        while (true) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            SshFailure failure = attempt(left);
            if (failure == null) {
                return;
            }
            if (!failure.mayPass() || left.compareTo(pause) < 0) {
                throw kind.explain(failure);
            }
            if (!pause(pause)) {
                return;
            }
            pause = longer(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(RETRY_LONGEST) < 0 ? twice : RETRY_LONGEST;
    }

    private @Nullable SshFailure attempt(Duration limit) throws InterruptedException {
        MasterConnection started = kind.start();
        synchronized (monitor) {
            if (!closed) {
                connection = started;
                up = false;
                started.onEnd(this::wake);
            }
        }
        if (isClosed()) {
            started.close();
            return null;
        }
        SshFailure failure = started.awaitReady(limit);
        if (failure != null) {
            started.close();
        }
        synchronized (monitor) {
            up = failure == null;
        }
        return failure;
    }

    /// Waits for the connection to end, and makes the next one.
    private void keep() {
        try {
            while (awaitEnd()) {
                try {
                    connect(RECONNECT);
                } catch (UserError notNow) {
                    // The commands that need the guest say so themselves; this goes on trying.
                    if (!pause(RETRY_LONGEST)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitEnd() throws InterruptedException {
        synchronized (monitor) {
            while (!closed && connection != null && connection.isAlive()) {
                monitor.wait(RECONNECT.toMillis());
            }
            return !closed;
        }
    }

    /// False when this was closed meanwhile.
    private boolean pause(Duration length) throws InterruptedException {
        synchronized (monitor) {
            long end = System.nanoTime() + length.toNanos();
            for (long left = length.toNanos();
                    !closed && left > 0;
                    left = end - System.nanoTime()) {
                monitor.wait(Math.max(1, left / 1_000_000));
            }
            return !closed;
        }
    }

    private void wake() {
        synchronized (monitor) {
            monitor.notifyAll();
        }
    }

    private boolean isClosed() {
        synchronized (monitor) {
            return closed;
        }
    }

    /// Whether it is there at the moment.
    boolean isUp() {
        synchronized (monitor) {
            return up && connection != null && connection.isAlive();
        }
    }

    /// Lets a connection that ends stay ended.
    void retire() {
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
        }
    }

    @Override
    public void close() {
        retire();
        MasterConnection last;
        synchronized (monitor) {
            last = connection;
        }
        if (last != null) {
            last.close();
        }
    }
}
