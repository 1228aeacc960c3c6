package keystone.agent.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.guest.GuestRepository;
import keystone.agent.model.Masking;
import keystone.agent.model.Masking.Exposed;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Inotify;
import keystone.agent.process.Inotify.Event;
import keystone.agent.process.Inotify.Mask;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;
import keystone.agent.workspace.Shares;
import org.jspecify.annotations.Nullable;

/// Masks files of what is shared for as long as a guest runs, and notices when the guest can read
/// one all the same: what takes the place of a masked file is not masked, nor is a new one.
final class MaskWatch implements Owned.Ending {
    private static final int EVENTS = Mask.CREATE | Mask.MOVED_TO | Mask.MOVED_FROM | Mask.DELETE;
    private static final int MOST_DIRECTORIES = 8_192;

    /// What a program does in one go is one look.
    private static final Duration SETTLES = Duration.ofMillis(100);

    private static final String FULL =
            "this host permits no more watching: new files may not be noticed";

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration END = Duration.ofSeconds(15);

    /// Looking takes at most one part in so many of the time.
    private static final int SHARE_OF_TIME = 20;

    private final SandboxName name;
    private final NamePatterns masked;
    private final Masks masks;
    private final Masks.Look first;
    private final @Nullable Inotify inotify;
    private int directories;
    private volatile boolean closed;

    /// Why new files may not be noticed; null while they are.
    private volatile @Nullable String partial;

    private MaskWatch(
            SandboxName name, NamePatterns masked, Masks masks, @Nullable Inotify inotify) {
        this.name = name;
        this.masked = masked;
        this.masks = masks;
        this.inotify = inotify;
        this.partial = inotify == null ? FULL : null;
        this.first = masks.look(this::entered);
    }

    /// Looks what is to be masked, before anything is served.
    ///
    /// @param shares as they were asked for
    /// @throws keystone.agent.model.UserError when what somebody asked to be masked cannot be
    static MaskWatch begin(BootOrder order, Masks.Stand stand, Shares shares, GitAccess git)
            throws InterruptedException {
        Shares shown = git instanceof GitAccess.Cloned ? shares.withoutProject() : shares;
        var masks = new Masks(order.masks(), shown, stand, git);
        var watch = new MaskWatch(order.spec().name(), order.masks().masked(), masks, opened());
        try {
            masks.lay(watch.first, git);
            return watch;
        } catch (RuntimeException | InterruptedException failure) {
            watch.close();
            throw failure;
        }
    }

    private static @Nullable Inotify opened() {
        try {
            return Inotify.open();
        } catch (IOException tooMany) {
            return null;
        }
    }

    /// Watched before it is looked at, so that nothing comes between.
    private void entered(OpenDirectory directory) {
        if (inotify == null) {
            return;
        }
        if (directories >= MOST_DIRECTORIES || inotify.watch(directory, EVENTS) == Inotify.FULL) {
            partial = FULL;
        } else {
            directories++;
        }
    }

    /// The shares as whoever serves them gets them.
    Shares over(Shares given) {
        return masks.over(given);
    }

    /// What a person should know who starts the sandbox.
    List<String> notices() {
        return MaskWords.atStart(masks.facts(), first, name);
    }

    Masking facts() {
        Masking now = masks.facts();
        return now.problem() == null ? new Masking(now.masked(), now.readable(), partial) : now;
    }

    /// Watches until what it gives is closed.
    ///
    /// @param inside git's directory of its own in the guest; null when it has none
    /// @param news hears what the guest can read from now on
    Owned.Ending watch(@Nullable GuestRepository inside, Consumer<String> news) {
        Inotify events = inotify;
        Thread thread =
                PipeThread.start(
                        "masks",
                        () -> {
                            tell(inside, news);
                            if (events != null) {
                                follow(events, news);
                            }
                        });
        return () -> {
            closed = true;
            thread.interrupt();
            if (events != null) {
                events.wake();
            }
            join(thread);
        };
    }

    /// Else `git add .` inside would take what stands in a file's place for the file.
    private void tell(@Nullable GuestRepository inside, Consumer<String> news) {
        List<String> paths = masks.ofProject();
        if (inside == null || paths.isEmpty()) {
            return;
        }
        try {
            inside.passOver(paths);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            news.accept("git inside may take masked files for changed: " + failure.getMessage());
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(END);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("what is shared is still being looked through");
        }
    }

    private void follow(Inotify events, Consumer<String> news) {
        boolean due = false;
        long notBefore = System.nanoTime();
        while (!closed) {
            Duration left = Duration.ofNanos(Math.max(0, notBefore - System.nanoTime()));
            List<Event> all = events.read(due ? left.plusMillis(1) : LONG);
            if (!due && all.stream().anyMatch(this::matters)) {
                due = true;
                notBefore = Math.max(notBefore, System.nanoTime() + SETTLES.toNanos());
            }
            if (due && !closed && System.nanoTime() >= notBefore) {
                long begun = System.nanoTime();
                look(news);
                long end = System.nanoTime();
                notBefore = end + (end - begun) * SHARE_OF_TIME;
                due = false;
            }
        }
    }

    private boolean matters(Event event) {
        if (event.has(Mask.OVERFLOW)) {
            return true;
        }
        return event.has(Mask.IS_DIRECTORY)
                ? event.has(Mask.CREATE | Mask.MOVED_TO)
                : masked.mayInclude(event.name());
    }

    /// Whatever goes wrong is told and tried again: nobody else looks.
    private void look(Consumer<String> news) {
        try {
            List<Exposed> exposed = masks.observe(this::lookAgain);
            if (!exposed.isEmpty() && !closed) {
                news.accept(MaskWords.later(exposed, name));
            }
        } catch (RuntimeException failure) {
            partial = "the last look failed, so new files may not have been noticed: " + failure;
        }
    }

    private Masks.Look lookAgain() {
        directories = 0;
        return masks.look(this::entered);
    }

    @Override
    public void close() {
        if (inotify != null) {
            inotify.close();
        }
    }
}
