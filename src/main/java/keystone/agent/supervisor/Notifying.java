package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import keystone.agent.changes.ProjectChanges;
import keystone.agent.guest.GuestWatchers;
import keystone.agent.model.HostChange;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.Watching;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// Tells a guest's watchers what changes in the project on the host, until it is closed. Whatever
/// goes wrong is seen in `status`, and ends nothing else. Thread-safe.
final class Notifying implements Owned.Ending {
    /// Generous: an emulated guest on a busy host is slow, not dead.
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final Duration RETRY_FIRST = Duration.ofSeconds(2);
    private static final Duration RETRY_LONGEST = Duration.ofMinutes(1);
    private static final Duration END = Duration.ofSeconds(5);

    /// What may have been missed while the guest could not be told.
    private static final List<HostChange> EVERYTHING = List.of(new HostChange.Everything());

    private final ShareDriver driver;
    private final Object monitor = new Object();
    private @Nullable ProjectChanges changes;
    private @Nullable Thread telling;
    private @Nullable GuestWatchers starting;
    private @Nullable GuestWatchers watchers;
    private @Nullable String problem;
    private long batches;
    private long nudges;
    private boolean closed;

    /// @param driver of the project
    Notifying(ShareDriver driver) {
        this.driver = driver;
    }

    /// Begins, where the driver can be told anything.
    ///
    /// @param project as its share has it
    /// @param config of the connection, as in [GuestWatchers]
    void begin(SandboxName name, Path project, Path config) {
        // On 9p a nudge would cut the host's times to seconds.
        if (driver != ShareDriver.VIRTIOFS) {
            return;
        }
        try {
            ProjectChanges watched = ProjectChanges.watch(project);
            changes = watched;
            // Now, so that a session which begins later does not wait for it.
            starting = GuestWatchers.start(name, config);
            telling = PipeThread.start("nudges", () -> tellAll(watched, name, config));
        } catch (IOException | RuntimeException notPossible) {
            problem = "the project cannot be watched: " + notPossible.getMessage();
        }
    }

    private void tellAll(ProjectChanges from, SandboxName name, Path config) {
        try {
            boolean _ = isThere(name, config);
            for (List<HostChange> batch = from.next(); !batch.isEmpty(); batch = from.next()) {
                tellUntilDone(batch, name, config);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellUntilDone(List<HostChange> first, SandboxName name, Path config)
            throws InterruptedException {
        if (tells(first, name, config)) {
            return;
        }
        // The program may only have been ended in the guest: one more is soon there.
        Duration pause = RETRY_FIRST;
        while (!tells(EVERYTHING, name, config) && !pausedUntilClosed(pause)) {
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(RETRY_LONGEST) < 0 ? twice : RETRY_LONGEST;
        }
    }

    private boolean tells(List<HostChange> batch, SandboxName name, Path config)
            throws InterruptedException {
        try {
            GuestWatchers open = watchers(name, config);
            int nudged = open.tell(batch, ANSWER);
            synchronized (monitor) {
                batches++;
                nudges += nudged;
                problem = null;
            }
            return true;
        } catch (RuntimeException failure) {
            drop(String.valueOf(failure.getMessage()));
            return false;
        }
    }

    private boolean isThere(SandboxName name, Path config) throws InterruptedException {
        try {
            GuestWatchers _ = watchers(name, config);
            return true;
        } catch (RuntimeException failure) {
            drop(String.valueOf(failure.getMessage()));
            return false;
        }
    }

    private GuestWatchers watchers(SandboxName name, Path config) throws InterruptedException {
        GuestWatchers next;
        synchronized (monitor) {
            if (watchers != null) {
                return watchers;
            }
            if (closed) {
                throw new IllegalStateException("the sandbox is being stopped");
            }
            if (starting == null) {
                starting = GuestWatchers.start(name, config);
            }
            next = starting;
        }
        next.awaitReady(ANSWER);
        synchronized (monitor) {
            starting = null;
            watchers = next;
        }
        return next;
    }

    private void drop(String why) {
        List<GuestWatchers> last;
        synchronized (monitor) {
            problem = why;
            last = Stream.of(starting, watchers).filter(Objects::nonNull).toList();
            starting = null;
            watchers = null;
        }
        last.forEach(GuestWatchers::close);
    }

    private boolean pausedUntilClosed(Duration length) throws InterruptedException {
        synchronized (monitor) {
            long end = System.nanoTime() + length.toNanos();
            for (long left = length.toNanos();
                    !closed && left > 0;
                    left = end - System.nanoTime()) {
                monitor.wait(Math.ceilDiv(left, 1_000_000L));
            }
            return closed;
        }
    }

    /// How it is at the moment.
    Watching facts() {
        synchronized (monitor) {
            if (driver == ShareDriver.CLONE) {
                return now(Watching.How.EVENTS, "only the guest changes its clone");
            }
            if (driver != ShareDriver.VIRTIOFS) {
                return now(
                        Watching.How.POLLING,
                        driver.word() + " has no events; the sessions' variables ask for polling");
            }
            ProjectChanges watched = changes;
            if (problem != null || watched == null) {
                return now(Watching.How.NONE, Printable.of(String.valueOf(problem)));
            }
            int directories = watched.directories();
            String reason =
                    directories
                            + (directories == 1 ? " directory is" : " directories are")
                            + " watched on the host";
            return now(
                    Watching.How.EVENTS,
                    reason + watched.missed().map(why -> ", but not all: " + why).orElse(""));
        }
    }

    private Watching now(Watching.How how, String reason) {
        return new Watching(how, reason, batches, nudges);
    }

    @Override
    public void close() {
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
        }
        try (var owned = new Owned()) {
            Thread thread = telling;
            ProjectChanges watched = changes;
            if (thread != null) {
                owned.own(() -> join(thread));
            }
            if (watched != null) {
                owned.own(watched);
            }
            // First: a batch that is being told ends with it.
            owned.own(() -> drop("the sandbox is being stopped"));
        }
    }

    private static void join(Thread thread) {
        thread.interrupt();
        try {
            thread.join(END);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
