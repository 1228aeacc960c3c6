package keystone.agent.review;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import keystone.agent.model.Printable;
import keystone.agent.model.Review;
import keystone.agent.model.Review.Baseline;
import keystone.agent.model.Review.Change;
import keystone.agent.model.UserError;
import keystone.agent.process.RawPath;
import keystone.agent.review.Comparison.Difference;

/// Looks at a project and says what is not as it was at the last look.
///
/// What an agent did and what its user did in the meantime cannot be told apart in a tree that both
/// write, so both count.
public final class Reviewer {
    /// A map of so many names takes a few hundred megabytes.
    private static final int MOST = 1_000_000;

    /// What guests can write of the project as they are now.
    public enum Reach {
        ALL,
        /// All but the project's own `.git`, which only its user changes: no news.
        ALL_BUT_GIT
    }

    private static final String GIT = ".git";

    private final Path project;
    private final Path file;
    private final Path before;
    private final Clock clock;
    private final Reach reach;

    /// For one project.
    ///
    /// @param project absolute, without links
    /// @param file where the last look is kept; in a directory of ours
    public Reviewer(Path project, Path file, Clock clock, Reach reach) {
        this.project = project;
        this.file = file;
        this.before = file.resolveSibling(file.getFileName() + ".before");
        this.clock = clock;
        this.reach = reach;
    }

    /// Beside a look, and empty: no guest could write the project's `.git` since. Without one,
    /// whatever the reason, what changed there is shown.
    private static Path gitIsSafeSince(Path look) {
        return look.resolveSibling(look.getFileName() + ".git-is-safe");
    }

    /// To be called before a guest runs that can write the project's `.git`.
    public void gitComesIntoReach() {
        try {
            Files.deleteIfExists(gitIsSafeSince(file));
            Files.deleteIfExists(gitIsSafeSince(before));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Writes down what there is, unless that was done before.
    public void begin() {
        if (Files.exists(file)) {
            return;
        }
        try (var draft = new Inventory.Draft(file, Baseline.START, clock.instant())) {
            walk(Surface.load(), draft::add);
            draft.commit(before);
            noteReach();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Compares what there is with the last look, which stays the last.
    public Review look() {
        return lookSince(file);
    }

    /// Compares what there is with the look before the last: what the last one showed, and what
    /// came since.
    public Review lookAgain() {
        return lookSince(before);
    }

    private Review lookSince(Path earlier) {
        try {
            return compare(earlier, (_, _) -> {});
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// The same, but this look becomes the last.
    ///
    /// @param reader shown the result; when it throws, nobody has seen it and all stays as it was
    public void review(Consumer<Review> reader) {
        try (var draft = new Inventory.Draft(file, Baseline.REVIEW, clock.instant())) {
            Review review = compare(file, draft::add);
            reader.accept(review);
            // A look at nothing new must not push out what the last one showed.
            if (!review.changes().isEmpty() || review.needsLook()) {
                replaceLast(draft);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Killed in between, too much is shown and never too little.
    private void replaceLast(Inventory.Draft draft) throws IOException {
        boolean wasSafe = Files.exists(gitIsSafeSince(file));
        Files.deleteIfExists(gitIsSafeSince(before));
        draft.commit(before);
        if (wasSafe) {
            make(gitIsSafeSince(before));
        }
        noteReach();
    }

    private void noteReach() throws IOException {
        if (reach == Reach.ALL_BUT_GIT) {
            make(gitIsSafeSince(file));
        }
    }

    private static void make(Path empty) throws IOException {
        if (!Files.exists(empty)) {
            Files.createFile(empty, Inventory.PRIVATE);
        }
    }

    private interface Noting {
        void note(String name, Item item) throws IOException;
    }

    private Review compare(Path earlier, Noting noting) throws IOException {
        Inventory last = last(earlier);
        Surface surface = Surface.load();
        var comparison = new Comparison(last.items());
        boolean complete =
                walk(
                        surface,
                        (name, item) -> {
                            noting.note(name, item);
                            comparison.see(name, item);
                        });
        boolean gitIsSafe = reach == Reach.ALL_BUT_GIT && Files.exists(gitIsSafeSince(earlier));
        List<Difference> differences =
                comparison.differences().stream()
                        .filter(each -> !gitIsSafe || !isOfGit(each.name()))
                        .toList();
        var judgement =
                new Judgement(surface, comparison.bareRepositories(), RawPath.linkOf(project));
        return new Review(
                last.made(),
                last.kind(),
                differences.stream().filter(Reviewer::isShown).map(Reviewer::change).toList(),
                judgement.concerns(differences),
                complete);
    }

    private static boolean isOfGit(String name) {
        return name.equals(GIT) || name.startsWith(GIT + "/");
    }

    /// Whether all of the tree was seen.
    private boolean walk(Surface surface, Noting noting) throws IOException {
        var count = new AtomicInteger();
        return new Tree(
                        name -> isOfInterest(surface, name),
                        (name, item) -> {
                            noting.note(name, item);
                            return count.incrementAndGet() < MOST;
                        })
                .walk(project);
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
        return parts.contains(".git")
                ? !parts.contains("objects")
                : surface.danger(parts).isPresent();
    }

    private static Inventory last(Path file) {
        try {
            return Inventory.read(file);
        } catch (NoSuchFileException none) {
            throw new UserError(
                    UserError.Kind.WRONG_STATE,
                    "there was no such look at the project yet that it could be compared with",
                    "keystone-agent start, later: keystone-agent review",
                    none);
        } catch (IOException damaged) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the last look at the project cannot be read from %s: %s"
                            .formatted(file, damaged.getMessage()),
                    "look at the project yourself, then: rm '%s' && keystone-agent restart"
                            .formatted(file),
                    damaged);
        }
    }

    private UserError unusable(IOException e) {
        return new UserError(
                UserError.Kind.FAILED,
                "the project %s cannot be looked at: %s"
                        .formatted(
                                Printable.of(project.toString()),
                                Printable.of(String.valueOf(e.getMessage()))),
                "check that it exists, that you may read it and that the disk is not full: df -h",
                e);
    }
}
