package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import keystone.agent.guest.GuestForward;
import keystone.agent.guest.Redirector;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import org.jspecify.annotations.Nullable;

/// Sees to it that a port of the guest leads to a socket of this host, until it is closed. That it
/// does not is seen in `status`, and ends nothing else: a guest can prevent it, and then somebody
/// must be able to go in and look. Thread-safe.
final class Forwarding implements Owned.Ending {
    /// Generous: an emulated guest on a busy host is slow, not dead.
    private static final Duration CONNECT = Duration.ofSeconds(45);

    private static final Duration RETRY = Duration.ofSeconds(3);
    private static final Duration END = Duration.ofSeconds(10);

    private final SandboxName name;
    private final Path config;
    private final int port;
    private final Path socket;
    private final Redirector.Listener listener;
    private final Object monitor = new Object();
    private @Nullable GuestForward forward;
    private @Nullable Thread opening;
    private @Nullable String problem = "the guest is not there yet";
    private boolean tried;
    private boolean closed;

    /// As in [GuestForward#open].
    Forwarding(SandboxName name, Path config, int port, Path socket, Redirector.Listener listener) {
        this.name = name;
        this.config = config;
        this.port = port;
        this.socket = socket;
        this.listener = listener;
    }

    /// Begins, once the guest answers ssh.
    void begin() {
        synchronized (monitor) {
            opening = Thread.ofVirtual().name("forward to " + name).start(this::openAtLast);
        }
    }

    private void openAtLast() {
        try {
            while (!opens()) {
                if (pausedUntilClosed()) {
                    return;
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean opens() throws InterruptedException {
        try {
            took(GuestForward.open(name, config, port, socket, listener, CONNECT));
            return true;
        } catch (UserError failure) {
            now(null, failure.problem());
            return false;
        }
    }

    private void took(GuestForward opened) {
        boolean late;
        synchronized (monitor) {
            late = closed;
        }
        if (late) {
            opened.close();
        } else {
            now(opened, null);
        }
    }

    private void now(@Nullable GuestForward opened, @Nullable String why) {
        synchronized (monitor) {
            forward = opened;
            problem = why;
            tried = true;
            monitor.notifyAll();
        }
    }

    private boolean pausedUntilClosed() throws InterruptedException {
        synchronized (monitor) {
            long end = System.nanoTime() + RETRY.toNanos();
            for (long left = RETRY.toNanos(); !closed && left > 0; left = end - System.nanoTime()) {
                monitor.wait(Math.ceilDiv(left, 1_000_000L));
            }
            return closed;
        }
    }

    /// Waits until the way is there, or was not to be had.
    ///
    /// @return what is wrong
    Optional<String> await() throws InterruptedException {
        synchronized (monitor) {
            long end = System.nanoTime() + CONNECT.toNanos();
            for (long left = CONNECT.toNanos();
                    !tried && left > 0;
                    left = end - System.nanoTime()) {
                monitor.wait(Math.ceilDiv(left, 1_000_000L));
            }
        }
        return problem();
    }

    /// Why the guest has no way out at the moment; empty when it has.
    Optional<String> problem() {
        synchronized (monitor) {
            if (problem != null) {
                return Optional.of("there is no way out of the guest: " + Printable.of(problem));
            }
            boolean isUp = forward != null && forward.isUp();
            return isUp
                    ? Optional.empty()
                    : Optional.of("there is no way out of the guest: it is being made again");
        }
    }

    @Override
    public void close() {
        Thread thread;
        GuestForward last;
        synchronized (monitor) {
            closed = true;
            thread = opening;
            last = forward;
            monitor.notifyAll();
        }
        if (thread != null) {
            end(thread);
        }
        if (last != null) {
            last.close();
        }
    }

    private static void end(Thread thread) {
        thread.interrupt();
        try {
            boolean _ = thread.join(END);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
