package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import keystone.agent.model.Masking.Exposed;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.NamePatterns.Kind;
import keystone.agent.process.Entries;
import keystone.agent.process.Entries.Entry;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;
import org.jspecify.annotations.Nullable;

/// Looks through a directory that is shared for files whose names say what is in them. Somebody may
/// be changing it at this moment: each directory is held open while it is read, and no link is
/// followed.
///
/// Of what programs fetch by the thousand (`node_modules`) nobody is told, but what is to be masked
/// is found there, too: a guest can have moved it there. `.git` is passed over.
public final class SecretFiles {
    /// A walk holds a descriptor for each level.
    private static final int DEEPEST = 200;

    private static final int MOST_FOUND = 2_000;
    private static final int MOST_TOLD = 1_000;
    private static final String PASSED_OVER = ".git";
    private static final String FETCHED = "node_modules";

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

    private final NamePatterns masked;
    private final NamePatterns suspicious;
    private final Consumer<OpenDirectory> entered;
    private final long deadline;
    private final Duration limit;
    private final Found found =
            new Found(new TreeMap<>(), new ArrayList<>(), new TreeSet<>(), Optional.empty());
    private @Nullable String missed;

    private SecretFiles(
            NamePatterns masked,
            NamePatterns suspicious,
            Consumer<OpenDirectory> entered,
            Duration limit) {
        this.masked = masked;
        this.suspicious = suspicious;
        this.entered = entered;
        this.limit = limit;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /// Looks once.
    ///
    /// @param root absolute, without links
    /// @param entered is shown every directory that is looked at, before it is, but for those in
    ///     what programs fetch
    /// @param limit after which it is given up
    public static Found in(
            Path root,
            NamePatterns masked,
            NamePatterns suspicious,
            Consumer<OpenDirectory> entered,
            Duration limit) {
        var look = new SecretFiles(masked, suspicious, entered, limit);
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
    /// @param isFetched whether programs fetched it
    private record Level(
            OpenDirectory directory,
            String prefix,
            int depth,
            boolean isFetched,
            LinkTarget links) {
        Level below(OpenDirectory open, String name) {
            boolean fetched = isFetched || name.equals(FETCHED);
            return new Level(open, prefix + name + "/", depth + 1, fetched, links);
        }
    }

    /// What is in it comes before what is below it: a tree that a guest made large must not keep
    /// what lies at the top from being found.
    private void enter(Level level) throws IOException {
        if (!level.isFetched()) {
            entered.accept(level.directory());
        }
        Entries.each(
                level.directory(),
                entry -> {
                    if (goesOn()) {
                        note(level, entry);
                    }
                });
        Entries.each(
                level.directory(),
                entry -> {
                    if (entry.kind() == Entries.Kind.DIRECTORY && goesOn()) {
                        descend(level, entry.name());
                    }
                });
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
                    found.matching().put(path, Kind.DIRECTORY);
                }
            }
            case OTHER -> {}
        }
    }

    /// Of nearly all, only the name is looked at.
    private void file(Level level, String name) {
        boolean mayMatch = masked.mayInclude(name);
        boolean mayBeTold = !level.isFetched() && suspicious.mayInclude(name);
        if (!mayMatch && !mayBeTold) {
            return;
        }
        String path = level.prefix() + name;
        if (mayMatch && masked.include(path, Kind.FILE)) {
            found.matching().put(path, Kind.FILE);
        } else if (mayBeTold
                && found.suspicious().size() < MOST_TOLD
                && suspicious.include(path, Kind.FILE)) {
            found.suspicious().add(path);
        }
    }

    /// The guest reads what a link leads to under that name, too.
    private void link(Level level, String name) throws IOException {
        String path = level.prefix() + name;
        if (!masked.include(path, Kind.FILE)) {
            return;
        }
        Path link = level.directory().path().resolve(RawPath.ofName(name));
        switch (level.links().of(path, RawPath.linkOf(Files.readSymbolicLink(link)))) {
            case LinkTarget.Answer.Inside(String file) -> found.matching().put(file, Kind.FILE);
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
        String path = level.prefix() + name;
        if (name.equals(PASSED_OVER) || found.matching().containsKey(path)) {
            return;
        }
        if (level.depth() == DEEPEST) {
            miss("it is deeper than %d levels".formatted(DEEPEST));
            return;
        }
        try (OpenDirectory below = level.directory().child(RawPath.ofName(name))) {
            enter(level.below(below, name));
        } catch (IOException gone) {
            // Or ours to see no more than the guest's, who works as we do.
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
