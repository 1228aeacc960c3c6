package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import keystone.agent.model.Masking.Exposed;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.NamePatterns.Kind;
import keystone.agent.model.Printable;
import keystone.agent.process.Entries;
import keystone.agent.process.Entries.Entry;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;
import org.jspecify.annotations.Nullable;

/// Looks through a directory that is shared for files whose names say what is in them. Somebody may
/// be changing it at this moment: each directory is held open while it is read, and no link is
/// followed.
///
/// Of what programs keep by the thousand (`node_modules`, `.git`) nobody is told, but what is to be
/// masked is found there, too: a guest can have moved it there.
public final class SecretFiles {
    /// A walk holds a descriptor for each level.
    private static final int DEEPEST = 200;

    private static final int MOST_FOUND = 2_000;

    /// Characters of the names of what is to be masked. Each is an argument of a program, and all
    /// of them have 2 MiB (execve(2)), at up to four bytes.
    private static final int LONGEST_NAMES = 200_000;

    /// Of directories in one directory, for each level: where there are more, they are listed
    /// again.
    private static final int MOST_KEPT = 200;

    private static final int MOST_TOLD = 1_000;
    private static final Set<String> OF_PROGRAMS = Set.of("node_modules", ".git");
    private static final int ROOT = 0;

    /// What a look found; names in the form of [RawPath#nameOf], relative to the directory.
    ///
    /// @param matching what is to be masked
    /// @param readable what is to be, and cannot; with the reason
    /// @param suspicious what else a person should know of
    /// @param missed why there may be more; empty when all has been looked at
    public record Found(
            TreeMap<String, Kind> matching,
            List<Exposed> readable,
            TreeSet<String> suspicious,
            Optional<String> missed) {}

    private final Optional<String> covered;
    private final NamePatterns masked;
    private final NamePatterns suspicious;
    private final Consumer<OpenDirectory> entered;
    private final long deadline;
    private final Duration limit;
    private final Found found =
            new Found(new TreeMap<>(), new ArrayList<>(), new TreeSet<>(), Optional.empty());
    private @Nullable String missed;
    private int names;

    private SecretFiles(
            Optional<String> covered,
            NamePatterns masked,
            NamePatterns suspicious,
            Consumer<OpenDirectory> entered,
            Duration limit) {
        this.covered = covered;
        this.masked = masked;
        this.suspicious = suspicious;
        this.entered = entered;
        this.limit = limit;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /// Looks once.
    ///
    /// @param root absolute, without links
    /// @param covered the name of a directory in it that the guest sees something else of
    /// @param entered is shown every directory that is looked at, before it is, but for what
    ///     programs keep
    /// @param limit after which it is given up
    public static Found in(
            Path root,
            Optional<String> covered,
            NamePatterns masked,
            NamePatterns suspicious,
            Consumer<OpenDirectory> entered,
            Duration limit) {
        var look = new SecretFiles(covered, masked, suspicious, entered, limit);
        try (OpenDirectory top = OpenDirectory.withoutLinks(root);
                OpenDirectory readable = top.child(Path.of("."))) {
            look.enter(new Level(readable, "", 0, false, new LinkTarget(root, readable)));
        } catch (IOException gone) {
            look.miss("it cannot be read");
        }
        Found found = look.found;
        return new Found(
                found.matching(),
                found.readable(),
                found.suspicious(),
                Optional.ofNullable(look.missed));
    }

    /// A directory on the way.
    ///
    /// @param prefix of the names in it
    /// @param isOfPrograms whether programs keep it by the thousand
    private record Level(
            OpenDirectory directory,
            String prefix,
            int depth,
            boolean isOfPrograms,
            LinkTarget links) {
        Level below(OpenDirectory open, String name) {
            boolean theirs = isOfPrograms || OF_PROGRAMS.contains(name);
            return new Level(open, prefix + name + "/", depth + 1, theirs, links);
        }
    }

    /// What is in it comes before what is below it: a tree that a guest made large must not keep
    /// what lies at the top from being found.
    private void enter(Level level) throws IOException {
        if (!level.isOfPrograms()) {
            entered.accept(level.directory());
        }
        var below = new ArrayList<String>();
        Entries.each(
                level.directory(),
                entry -> {
                    if (goesOn()) {
                        note(level, entry);
                        if (entry.kind() == Entries.Kind.DIRECTORY && below.size() <= MOST_KEPT) {
                            below.add(entry.name());
                        }
                    }
                });
        if (below.size() <= MOST_KEPT) {
            below.forEach(name -> descend(level, name));
        } else {
            Entries.each(
                    level.directory(),
                    entry -> {
                        if (entry.kind() == Entries.Kind.DIRECTORY) {
                            descend(level, entry.name());
                        }
                    });
        }
    }

    private boolean goesOn() {
        if (found.matching().size() + found.readable().size() >= MOST_FOUND) {
            miss("more than %d files in it match".formatted(MOST_FOUND - 1));
            return false;
        }
        if (System.nanoTime() > deadline) {
            miss("to look through all of it takes longer than %d s".formatted(limit.toSeconds()));
            return false;
        }
        return true;
    }

    private void note(Level level, Entry entry) throws IOException {
        switch (entry.kind()) {
            case FILE -> file(level, entry.name());
            case LINK -> link(level, entry.name());
            case DIRECTORY -> {
                String path = level.prefix() + entry.name();
                if (masked.include(path, Kind.DIRECTORY)) {
                    match(path, Kind.DIRECTORY);
                }
            }
            case OTHER -> {}
        }
    }

    private void match(String path, Kind kind) {
        found.matching().put(path, kind);
        names += path.length();
        if (names > LONGEST_NAMES) {
            miss("the names of the files in it that match are too long together");
        }
    }

    /// Of nearly all, only the name is looked at.
    private void file(Level level, String name) {
        boolean mayMatch = masked.mayInclude(name);
        boolean mayBeTold = !level.isOfPrograms() && suspicious.mayInclude(name);
        if (!mayMatch && !mayBeTold) {
            return;
        }
        String path = level.prefix() + name;
        if (mayMatch && masked.include(path, Kind.FILE)) {
            match(path, Kind.FILE);
        } else if (mayBeTold
                && found.suspicious().size() < MOST_TOLD
                && suspicious.include(path, Kind.FILE)) {
            found.suspicious().add(path);
        }
    }

    /// The guest reads what a link leads to under that name, too.
    private void link(Level level, String name) {
        String path = level.prefix() + name;
        if (!masked.include(path, Kind.FILE)) {
            return;
        }
        Path link = level.directory().path().resolve(RawPath.ofName(name));
        String target;
        try {
            target = RawPath.linkOf(Files.readSymbolicLink(link));
        } catch (IOException gone) {
            // What has taken its place is looked at next time.
            return;
        }
        switch (level.links().of(path, target)) {
            case LinkTarget.Answer.Inside(String file) -> match(file, Kind.FILE);
            case LinkTarget.Answer.Nowhere _ -> {}
            case LinkTarget.Answer.Unclear _ ->
                    found.readable()
                            .add(
                                    new Exposed(
                                            path,
                                            "it is a link that leads on through others, which are"
                                                    + " not followed"));
        }
    }

    private void descend(Level level, String name) {
        if (!goesOn()) {
            return;
        }
        String path = level.prefix() + name;
        if (found.matching().containsKey(path) || isCovered(level, name)) {
            return;
        }
        if (level.depth() == DEEPEST) {
            miss("it is deeper than %d levels".formatted(DEEPEST));
            return;
        }
        try (OpenDirectory below = level.directory().child(RawPath.ofName(name))) {
            enter(level.below(below, name));
        } catch (IOException unreadable) {
            if (canBeMadeReadable(level.directory().path().resolve(RawPath.ofName(name)))) {
                miss(
                        "%s in it cannot be read"
                                .formatted(Printable.of(RawPath.ofName(path).toString())));
            }
        }
    }

    private boolean isCovered(Level level, String name) {
        return level.depth() == ROOT && covered.filter(name::equals).isPresent();
    }

    /// A guest that has taken away its rights to a directory, for this look, can give them back.
    /// One of another user's is as closed to whoever serves the guest as it is to us.
    private static boolean canBeMadeReadable(Path directory) {
        try {
            Map<String, Object> seen =
                    Files.readAttributes(
                            directory, "unix:uid,isDirectory", LinkOption.NOFOLLOW_LINKS);
            Object us = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Boolean.TRUE.equals(seen.get("isDirectory"))
                    && (us.equals(0) || us.equals(seen.get("uid")));
        } catch (IOException gone) {
            return false;
        }
    }

    private void miss(String why) {
        missed = missed == null ? why : missed;
    }

    /// Whether it has another name, by which a guest may read it.
    public static boolean hasOtherName(Path root, String path) {
        try {
            return Files.getAttribute(
                                    root.resolve(RawPath.ofName(path)),
                                    "unix:nlink",
                                    LinkOption.NOFOLLOW_LINKS)
                            instanceof Integer count
                    && count > 1;
        } catch (IOException gone) {
            return false;
        }
    }
}
