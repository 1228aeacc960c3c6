package keystone.agent.review;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import keystone.agent.model.Danger;
import keystone.agent.model.Review;
import keystone.agent.model.Review.Baseline;
import keystone.agent.model.Review.Change;
import keystone.agent.model.Review.Concern;
import keystone.agent.model.Review.Kind;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.RawPath;
import keystone.agent.review.Comparison.Difference;
import keystone.agent.review.Reviewer.Reach;
import org.jspecify.annotations.Nullable;

/// One tree that a guest can write, and where the looks at it are kept.
final class Inventories {
    /// What the name of the look before the last ends in.
    static final String BEFORE = ".before";

    /// A map of so many names takes a few hundred megabytes.
    private static final int MOST = 1_000_000;

    /// In characters, of all names together. A guest can make them 50 thousand long each, by
    /// directories in directories.
    private static final long LONGEST = 128L << 20;

    private static final String GIT = ".git";

    /// Gets what is there, one name after the other.
    interface Noting {
        void note(String name, Item item) throws IOException;
    }

    private final Path root;
    private final Path file;
    private final Path before;
    private final Reach reach;
    private final @Nullable Path project;

    /// @param project where it is a mount: what is looked at for itself
    private Inventories(Path root, Path file, Reach reach, @Nullable Path project) {
        this.root = root;
        this.file = file;
        this.before = file.resolveSibling(file.getFileName() + BEFORE);
        this.reach = reach;
        this.project = project;
    }

    /// A sandbox's project. What is in it is named from here on, and it has to be there.
    static Inventories project(Path root, Path file, Reach reach) {
        return new Inventories(root, file, reach, null);
    }

    /// A directory beside it. What is in it is named by its whole path, and it may be gone.
    static Inventories mount(Path root, Path file, Path project) {
        return new Inventories(root, file, Reach.ALL, project);
    }

    Path root() {
        return root;
    }

    Path last() {
        return file;
    }

    /// The look before the last; a mount that has none yet has the last one for it.
    Path beforeLast() {
        return project == null || Files.exists(before) ? before : file;
    }

    /// Beside a look, and empty: no guest could write the project's `.git` since. Without one,
    /// whatever the reason, what changed there is shown.
    private static Path gitIsSafeSince(Path look) {
        return look.resolveSibling(look.getFileName() + ".git-is-safe");
    }

    void gitComesIntoReach() throws IOException {
        Files.deleteIfExists(gitIsSafeSince(file));
        Files.deleteIfExists(gitIsSafeSince(before));
    }

    /// Writes down what there is, unless that was done before.
    void begin(Instant now) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        try (var draft = new Inventory.Draft(file, head(Baseline.START, now))) {
            try {
                var _ = walk(Surface.load(), draft::add);
            } catch (NotDirectoryException closed) {
                requireMount(closed);
            }
            if (draft.commitFirst(before)) {
                noteReach();
            }
        }
    }

    private Inventory.Head head(Baseline kind, Instant now) {
        return new Inventory.Head(now, kind, project == null ? "" : RawPath.linkOf(root));
    }

    private void requireMount(NotDirectoryException closed) throws NotDirectoryException {
        if (project == null) {
            throw closed;
        }
    }

    /// A look that is to become the last one.
    Inventory.Draft draft(Instant now) throws IOException {
        return new Inventory.Draft(file, head(Baseline.REVIEW, now));
    }

    /// Killed in between, too much is shown and never too little.
    void replaceLast(Inventory.Draft draft) throws IOException {
        boolean wasSafe = Files.exists(gitIsSafeSince(file));
        Files.deleteIfExists(gitIsSafeSince(before));
        draft.commit(before);
        if (wasSafe) {
            make(gitIsSafeSince(before));
        }
        noteReach();
    }

    /// No guest writes there any more, and what was done there has been shown; it can be once more.
    void leave() throws IOException {
        Files.move(
                file, before, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void noteReach() throws IOException {
        if (reach == Reach.ALL_BUT_GIT) {
            make(gitIsSafeSince(file));
        }
    }

    private static void make(Path empty) throws IOException {
        try {
            Files.createFile(empty, Inventory.PRIVATE);
        } catch (FileAlreadyExistsException byAnother) {
            // That is all that was wanted.
        }
    }

    /// What is not as it was at an earlier look.
    ///
    /// @param noting gets what there is
    /// @throws UserError when there was no such look
    Review compare(Path earlier, Noting noting) throws IOException {
        Inventory then = inventory(earlier);
        Surface surface = Surface.load();
        var comparison = new Comparison(then.items());
        boolean complete;
        try {
            complete =
                    walk(
                            surface,
                            (name, item) -> {
                                noting.note(name, item);
                                comparison.see(name, item);
                            });
        } catch (NotDirectoryException closed) {
            requireMount(closed);
            return closed(then.head());
        }
        boolean gitIsSafe = reach == Reach.ALL_BUT_GIT && Files.exists(gitIsSafeSince(earlier));
        List<Difference> differences =
                comparison.differences().stream()
                        .filter(each -> !gitIsSafe || !isOfGit(each.name()))
                        .toList();
        var judgement = new Judgement(surface, comparison.bareRepositories(), RawPath.linkOf(root));
        var review =
                new Review(
                        then.head().made(),
                        then.head().kind(),
                        differences.stream()
                                .filter(Inventories::isShown)
                                .map(Inventories::change)
                                .toList(),
                        judgement.concerns(differences),
                        complete);
        return project == null ? review : review.below(shownRoot());
    }

    /// What was in it cannot be told; that it cannot needs a look.
    private Review closed(Inventory.Head then) {
        boolean exists = Files.exists(root, LinkOption.NOFOLLOW_LINKS);
        var change = new Change(shownRoot(), exists ? Kind.CHANGED : Kind.REMOVED);
        return new Review(
                then.made(),
                then.kind(),
                List.of(change),
                List.of(new Concern(change, Danger.CLOSED, "")),
                true);
    }

    private String shownRoot() {
        return Names.shown(RawPath.linkOf(root));
    }

    private static boolean isOfGit(String name) {
        return name.equals(GIT) || name.startsWith(GIT + "/");
    }

    /// Whether all of the tree was seen.
    ///
    /// @throws NotDirectoryException when it could not be looked into
    private boolean walk(Surface surface, Noting noting) throws IOException {
        var size = new Size();
        return new Tree(
                        name -> isOfInterest(surface, name),
                        apart(),
                        Tree.MOST_READ,
                        (name, item) -> {
                            noting.note(name, item);
                            return size.isLessThanMostWith(name);
                        })
                .walk(root);
    }

    /// How much was seen of a tree.
    private static final class Size {
        private int names;
        private long characters;

        boolean isLessThanMostWith(String name) {
            names++;
            characters += name.length();
            return names < MOST && characters < LONGEST;
        }
    }

    /// What in it is looked at for itself.
    private String apart() {
        return project != null && project.startsWith(root)
                ? RawPath.nameOf(root.relativize(project))
                : Tree.NOTHING;
    }

    /// A directory is only a place for what is in it.
    private static boolean isShown(Difference difference) {
        Item item = difference.now() == null ? difference.before() : difference.now();
        return item != null && item.kind() != Item.Kind.DIRECTORY;
    }

    private static Change change(Difference difference) {
        return new Change(Names.shown(difference.name()), difference.kind());
    }

    /// Git's own files matter too, but for its objects: their names tell what is in them.
    private static boolean isOfInterest(Surface surface, String name) {
        List<String> parts = List.of(name.split("/", -1));
        return parts.contains(GIT) ? !parts.contains("objects") : surface.danger(parts).isPresent();
    }

    private Inventory inventory(Path look) {
        try {
            return Inventory.read(look);
        } catch (NoSuchFileException none) {
            throw new UserError(
                    UserError.Kind.WRONG_STATE,
                    "there was no such look at the project yet that it could be compared with",
                    "keystone-agent start, later: keystone-agent review",
                    none);
        } catch (IOException damaged) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the last look at the %s cannot be read from %s: %s"
                            .formatted(
                                    project == null ? "project" : "mount",
                                    look,
                                    damaged.getMessage()),
                    // It lies in the directory that is called like the sandbox.
                    "rm %s && keystone-agent restart %s"
                            .formatted(
                                    ShellWord.quote(look.toString()),
                                    look.resolveSibling(".").normalize().getFileName()),
                    damaged);
        }
    }
}
