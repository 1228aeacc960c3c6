package keystone.agent.changes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.process.Inotify;
import keystone.agent.process.Inotify.Mask;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.OpenFile;
import keystone.agent.process.RawPath;
import org.jspecify.annotations.Nullable;

/// The directories of a project that are watched: all but `.git` and what git ignores, as many as
/// there is room for, those near the root first. Follows no link, whenever one is put there.
///
/// Belongs to one thread, but for [#watched] and [#missed].
final class WatchedTree implements AutoCloseable {
    /// For everything that can happen to an entry; what happens to the directory itself, its parent
    /// tells.
    private static final int MASK =
            Mask.MODIFY
                    | Mask.ATTRIB
                    | Mask.CLOSE_WRITE
                    | Mask.MOVED_FROM
                    | Mask.MOVED_TO
                    | Mask.CREATE
                    | Mask.DELETE;

    /// More than a person's project has; an agent's may be as deep as a path can be long.
    private static final int DEEPEST = 64;

    /// Bytes of one `.gitignore`.
    private static final int LONGEST_RULES = 32 << 10;

    /// Of all rules together, as [IgnoreRules#weight] has it: some 30 000 lines. They are held
    /// while their directories are watched, by a process of 48 MiB that does more than this.
    private static final long HEAVIEST_RULES = 6 << 20;

    private static final String GIT = ".git";
    static final String RULES = ".gitignore";

    private final Inotify inotify;
    private final OpenDirectory project;
    private final int most;
    private final Map<Integer, WatchedDirectory> byWatch = new HashMap<>();
    private long weightOfRules;
    private volatile int watched;
    private volatile boolean stopped;
    private volatile Optional<String> missed = Optional.empty();

    /// @param project held open; closed with this
    /// @param most directories
    WatchedTree(Inotify inotify, OpenDirectory project, int most) {
        this.inotify = inotify;
        this.project = project;
        this.most = most;
    }

    /// How many directories are watched.
    int watched() {
        return watched;
    }

    /// Why some are not; a sentence without a full stop.
    Optional<String> missed() {
        return missed;
    }

    /// Lets a long look end soon.
    void stop() {
        stopped = true;
    }

    @Nullable WatchedDirectory find(int watch) {
        return byWatch.get(watch);
    }

    static boolean isGit(String name) {
        return name.equals(GIT);
    }

    /// Watches the whole project.
    void watchAll() {
        try (OpenDirectory root = project.child(Path.of("."))) {
            WatchedDirectory directory = watch(root, "", null);
            if (directory != null) {
                walk(directory);
            }
        } catch (IOException gone) {
            missed = Optional.of("the project is gone");
        }
    }

    /// Watches the whole project anew, after events were lost.
    void watchAllAgain() {
        byWatch.values().stream()
                .filter(each -> each.parent == null)
                .findFirst()
                .ifPresentOrElse(
                        root -> {
                            root.children().forEach(each -> forget(root, each.name));
                            walk(root);
                        },
                        this::watchAll);
    }

    /// Watches a directory that has just come to be, and those in it.
    ///
    /// @return all that are watched now and were not
    List<WatchedDirectory> add(WatchedDirectory parent, String name) {
        forget(parent, name);
        try (OpenDirectory above = open(parent);
                OpenDirectory itself = above.child(RawPath.ofName(name))) {
            WatchedDirectory directory = watch(itself, name, parent);
            return directory == null ? List.of() : walk(directory);
        } catch (IOException goneAgain) {
            return List.of();
        }
    }

    /// Stops watching a directory that has gone, and those in it.
    void forget(WatchedDirectory parent, String name) {
        WatchedDirectory directory = parent.child(name);
        if (directory == null) {
            return;
        }
        parent.remove(name);
        Deque<WatchedDirectory> rest = new ArrayDeque<>(List.of(directory));
        while (!rest.isEmpty()) {
            WatchedDirectory next = rest.pop();
            rest.addAll(next.children());
            if (byWatch.remove(next.watch, next)) {
                inotify.forget(next.watch);
                setRules(next, IgnoreRules.NONE);
            }
        }
        watched = byWatch.size();
    }

    /// The kernel has ended a watch, because its directory is no more.
    void ended(int watch) {
        WatchedDirectory directory = byWatch.get(watch);
        if (directory != null && directory.parent != null) {
            forget(directory.parent, directory.name);
        }
    }

    /// Reads a `.gitignore` again, and watches what is not ignored any more. Of a directory that
    /// has gone meanwhile nothing is read: there may be another of its name, whose rules would be
    /// held for good by one that nobody forgets any more.
    List<WatchedDirectory> readRules(WatchedDirectory directory) {
        if (byWatch.get(directory.watch) != directory) {
            return List.of();
        }
        try (OpenDirectory open = open(directory)) {
            setRules(directory, rules(open));
            return walk(directory);
        } catch (IOException gone) {
            return List.of();
        }
    }

    private @Nullable WatchedDirectory watch(
            OpenDirectory open, String name, @Nullable WatchedDirectory parent) {
        if (byWatch.size() >= most) {
            miss("it has more directories than the %d that are watched".formatted(most));
            return null;
        }
        if (parent != null && parent.depth >= DEEPEST) {
            miss("directories deeper than %d levels are not watched".formatted(DEEPEST));
            return null;
        }
        int watch = inotify.watch(open, MASK);
        if (watch == Inotify.FULL) {
            miss("fs.inotify.max_user_watches of this host permits no more");
        }
        // A directory that was moved here has been known under another name until now.
        if (watch < 0 || byWatch.containsKey(watch)) {
            return null;
        }
        var directory = new WatchedDirectory(watch, name, parent);
        byWatch.put(watch, directory);
        watched = byWatch.size();
        if (parent != null) {
            parent.add(directory);
        }
        setRules(directory, rules(open));
        return directory;
    }

    /// What there is no room for is not kept: then more is watched than need be.
    private void setRules(WatchedDirectory directory, IgnoreRules read) {
        long others = weightOfRules - directory.rules().weight();
        boolean fits = others + read.weight() <= HEAVIEST_RULES;
        if (!fits) {
            miss("its %s files have more rules than are read".formatted(RULES));
        }
        directory.setRules(fits ? read : IgnoreRules.NONE);
        weightOfRules = others + directory.rules().weight();
    }

    private void miss(String why) {
        if (missed.isEmpty()) {
            missed = Optional.of(why);
        }
    }

    private static IgnoreRules rules(OpenDirectory directory) {
        try (OpenFile file = OpenFile.itself(directory.path().resolve(RULES))) {
            byte[] text = file.read(LONGEST_RULES);
            return IgnoreRules.parse(new String(text, StandardCharsets.ISO_8859_1));
        } catch (IOException thereIsNone) {
            return IgnoreRules.NONE;
        }
    }

    /// Breadth first, so that where there is no room for all, the upper ones have it.
    private List<WatchedDirectory> walk(WatchedDirectory top) {
        var found = new ArrayList<>(List.of(top));
        for (int i = 0; !stopped && i < found.size() && byWatch.size() < most; i++) {
            found.addAll(watchInside(found.get(i)));
        }
        if (byWatch.size() >= most) {
            miss("it has more directories than the %d that are watched".formatted(most));
        }
        return found;
    }

    private List<WatchedDirectory> watchInside(WatchedDirectory directory) {
        var found = new ArrayList<WatchedDirectory>();
        try (OpenDirectory open = open(directory);
                DirectoryStream<Path> entries = Files.newDirectoryStream(open.path())) {
            for (Path entry : entries) {
                if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                String name = RawPath.nameOf(entry.getFileName());
                WatchedDirectory known = directory.child(name);
                if (isGit(name) || directory.ignores(name, IgnoreRules.Kind.DIRECTORY)) {
                    forget(directory, name);
                } else if (known != null) {
                    found.add(known);
                } else {
                    watchChild(open, name, directory).ifPresent(found::add);
                }
            }
        } catch (IOException | DirectoryIteratorException goneOrUnreadable) {
            // Whoever may not read it has nothing to be told of it.
        }
        return found;
    }

    private Optional<WatchedDirectory> watchChild(
            OpenDirectory open, String name, WatchedDirectory parent) {
        try (OpenDirectory child = open.child(RawPath.ofName(name))) {
            return Optional.ofNullable(watch(child, name, parent));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /// One name after the other from the project's own directory.
    OpenDirectory open(WatchedDirectory directory) throws IOException {
        OpenDirectory at = project.child(Path.of("."));
        if (directory.parent == null) {
            return at;
        }
        for (String name : directory.parent.namesTo(directory.name)) {
            try (OpenDirectory above = at) {
                at = above.child(RawPath.ofName(name));
            }
        }
        return at;
    }

    @Override
    public void close() {
        project.close();
    }
}
