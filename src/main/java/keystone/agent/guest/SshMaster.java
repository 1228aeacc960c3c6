package keystone.agent.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import org.jspecify.annotations.Nullable;

/// Keeps one ssh connection to the guest, which all others share: an `exec` then costs a channel
/// and
/// not a handshake. When it dies it is made again, until this is closed.
final class SshMaster implements Owned.Ending {
    private static final Duration RETRY_FIRST = Duration.ofMillis(100);
    private static final Duration RETRY_LONGEST = Duration.ofSeconds(3);
    private static final Duration RECONNECT = Duration.ofSeconds(30);

    private final GuestAddress address;
    private final Object monitor = new Object();
    private boolean closed;
    private @Nullable MasterConnection connection;

    private SshMaster(GuestAddress address) {
        this.address = address;
    }

    /// Connects, trying again what may pass until the limit.
    ///
    /// @throws UserError naming what answered instead, or that nothing did
    static SshMaster open(GuestAddress address, Duration limit) throws InterruptedException {
        SshConfig.write(address);
        var master = new SshMaster(address);
        try {
            master.connect(limit);
        } catch (InterruptedException | RuntimeException e) {
            master.close();
            throw e;
        }
        Thread.ofVirtual().name("ssh master of " + address.name()).start(master::keep);
        return master;
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
                throw failure.toError(address.name(), address.port());
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
        removeStaleSocket();
        MasterConnection started = MasterConnection.start(address);
        synchronized (monitor) {
            if (!closed) {
                connection = started;
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
        return failure;
    }

    /// A master that was killed leaves its socket, and the next one would not listen beside it.
    private void removeStaleSocket() {
        try {
            Files.deleteIfExists(address.masterSocket());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + address.masterSocket(), e);
        }
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
