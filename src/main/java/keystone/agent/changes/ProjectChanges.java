package keystone.agent.changes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import keystone.agent.model.HostChange;
import keystone.agent.process.Inotify;
import keystone.agent.process.Inotify.Mask;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;

/// What changes in a project on the host, in batches, for one who asks for them. Whoever changes it
/// is told of, the guest too.
///
/// One thread of its own follows the kernel's events; [#next] looks at what they were about and
/// forms the batch. While nobody asks, everything is put together.
public final class ProjectChanges implements Owned.Ending {
    /// A batch is formed once nothing has happened for so long: what a program does in one go is
    /// one batch, and a file that is being written is left alone.
    private static final Duration QUIET = Duration.ofMillis(60);

    /// However much goes on, a batch is formed after so long; after longer when there is so much
    /// that no single file is told of any more.
    private static final Duration LONGEST = Duration.ofMillis(300);

    private static final Duration LONGEST_OF_MANY = Duration.ofSeconds(1);
    private static final Duration LOOK_UP = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(5);

    /// Walking the project again takes at most one part in so many of the time.
    private static final int SHARE_OF_TIME = 10;

    private static final int MOST_DIRECTORIES = 16_384;
    private static final int LONGEST_NUMBER = 32;
    private static final Path USER_LIMIT = Path.of("/proc/sys/fs/inotify/max_user_watches");

    private final Inotify inotify;
    private final WatchedTree tree;
    private final Told told = new Told();
    private final Thread following;
    private final Object monitor = new Object();

    /// Held while the tree is looked at by another thread than its own.
    private final Object looking = new Object();

    private Pending pending = new Pending();
    private long first;
    private long last;
    private volatile boolean closed;

    /// Used by the following thread alone.
    private final Set<WatchedDirectory> rulesToRead = new LinkedHashSet<>();

    private boolean lost;
    private long walkAgainAt;

    private ProjectChanges(Inotify inotify, WatchedTree tree) {
        this.inotify = inotify;
        this.tree = tree;
        this.following = PipeThread.start("changes of the project", this::follow);
    }

    /// Begins to watch; the directories are looked for meanwhile.
    ///
    /// @param project without links on the way
    /// @throws IOException when this host or this user permits no more watching, or the project is
    ///     gone
    public static ProjectChanges watch(Path project) throws IOException {
        return watch(project, Math.min(MOST_DIRECTORIES, halfOfTheUserLimit()));
    }

    static ProjectChanges watch(Path project, int most) throws IOException {
        OpenDirectory directory = OpenDirectory.withoutLinks(project);
        try {
            Inotify inotify = Inotify.open();
            return new ProjectChanges(inotify, new WatchedTree(inotify, directory, most));
        } catch (IOException none) {
            directory.close();
            throw none;
        }
    }

    /// The other half is for the person's editor.
    private static int halfOfTheUserLimit() {
        // In one go: the kernel gives the rest of such a file to nobody.
        try (InputStream file = Files.newInputStream(USER_LIMIT)) {
            String text = new String(file.readNBytes(LONGEST_NUMBER), StandardCharsets.US_ASCII);
            return Integer.parseInt(text.strip()) / 2;
        } catch (IOException | NumberFormatException untold) {
            return MOST_DIRECTORIES;
        }
    }

    /// How many directories are watched.
    public int directories() {
        return tree.watched();
    }

    /// Why not all of them are; a sentence without a full stop.
    public Optional<String> missed() {
        return tree.missed();
    }

    /// Waits for changes.
    ///
    /// @return a batch, each path once; empty when this was closed
    public List<HostChange> next() throws InterruptedException {
        while (true) {
            Pending taken = take();
            synchronized (looking) {
                List<HostChange> batch = closed ? List.of() : Batch.of(taken, tree, told);
                if (closed || !batch.isEmpty()) {
                    return batch;
                }
            }
        }
    }

    private Pending take() throws InterruptedException {
        synchronized (monitor) {
            for (long left = untilDue(); left > 0 && !closed; left = untilDue()) {
                monitor.wait(left);
            }
            Pending taken = pending;
            pending = new Pending();
            return taken;
        }
    }

    /// Milliseconds; rounded up, so that nobody waits for nothing.
    private long untilDue() {
        if (pending.isEmpty()) {
            return LOOK_UP.toMillis();
        }
        Duration longest = pending.extent() == Pending.Extent.ENTRIES ? LONGEST : LONGEST_OF_MANY;
        long due = Math.min(last + QUIET.toNanos(), first + longest.toNanos());
        return Math.ceilDiv(due - System.nanoTime(), 1_000_000L);
    }

    private void follow() {
        tree.watchAll();
        while (!closed) {
            List<Inotify.Event> events = inotify.read(untilNextWalk());
            synchronized (monitor) {
                events.forEach(this::handle);
                monitor.notifyAll();
            }
            if (walks() && System.nanoTime() >= walkAgainAt) {
                walkAgain();
            }
        }
    }

    private Duration untilNextWalk() {
        long left = Math.max(0, walkAgainAt - System.nanoTime());
        return walks() ? Duration.ofNanos(left).plusMillis(1) : LOOK_UP;
    }

    private boolean walks() {
        return lost || !rulesToRead.isEmpty();
    }

    private void handle(Inotify.Event event) {
        if (event.has(Mask.OVERFLOW)) {
            lost = true;
            noted();
            pending.everything();
            return;
        }
        if (event.has(Mask.IGNORED)) {
            tree.ended(event.watch());
            return;
        }
        WatchedDirectory directory = tree.find(event.watch());
        String name = event.name();
        if (directory == null || name.isEmpty() || WatchedTree.isGit(name)) {
            return;
        }
        Set<Sign> signs = Sign.of(event);
        if (!event.has(Mask.IS_DIRECTORY)) {
            file(directory, name, signs);
        } else if (signs.contains(Sign.ENTRY)) {
            // Of its attributes nothing is told: a nudge of a directory sets them to what they are.
            directory(directory, name, event);
        }
    }

    private void file(WatchedDirectory directory, String name, Set<Sign> signs) {
        if (!pending.has(directory, name) && directory.ignores(name, IgnoreRules.Kind.ANYTHING)) {
            return;
        }
        if (name.equals(WatchedTree.RULES)) {
            rulesToRead.add(directory);
        }
        noted();
        pending.entry(directory, name, signs);
    }

    private void directory(WatchedDirectory parent, String name, Inotify.Event event) {
        if (event.has(Mask.DELETE | Mask.MOVED_FROM)) {
            tree.forget(parent, name);
        }
        if (parent.ignores(name, IgnoreRules.Kind.DIRECTORY)) {
            return;
        }
        noted();
        pending.entry(parent, name, Set.of(Sign.ENTRY));
        if (event.has(Mask.CREATE | Mask.MOVED_TO)) {
            // Something may be in it since before it was watched.
            tree.add(parent, name).forEach(pending::directory);
        }
    }

    private void noted() {
        last = System.nanoTime();
        first = pending.isEmpty() ? last : first;
    }

    private void walkAgain() {
        long begun = System.nanoTime();
        if (lost) {
            tree.watchAllAgain();
        } else {
            rulesToRead.forEach(tree::readRules);
        }
        lost = false;
        rulesToRead.clear();
        long end = System.nanoTime();
        walkAgainAt = end + (end - begun) * SHARE_OF_TIME;
    }

    @Override
    public void close() {
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
        }
        tree.stop();
        inotify.wake();
        try {
            following.join(END);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        if (following.isAlive()) {
            throw new IllegalStateException("the project is still being looked through");
        }
        synchronized (looking) {
            inotify.close();
            tree.close();
        }
    }
}
