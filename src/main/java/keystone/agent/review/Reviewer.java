package keystone.agent.review;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import keystone.agent.model.Printable;
import keystone.agent.model.Reason;
import keystone.agent.model.Review;
import keystone.agent.model.UserError;

/// Looks at what a sandbox's guest can write, its project and its mounts, and says what is not as
/// it was at the last look.
///
/// What an agent did and what its user did in the meantime cannot be told apart in a tree that both
/// write, so both count.
public final class Reviewer {
    /// What guests can write of the project as they are now.
    public enum Reach {
        ALL,
        /// All but the project's own `.git`, which only its user changes: no news.
        ALL_BUT_GIT
    }

    /// How a directory is named that is open here: of no use to a reader.
    private static final Pattern OPENED = Pattern.compile("^/proc/self/fd/[0-9]+/");

    private final Inventories project;
    private final Mounts looks;
    private final List<Path> mounts;
    private final Clock clock;

    /// For one sandbox.
    ///
    /// @param project absolute, without links
    /// @param mounts the same of what its guest can write beside it
    /// @param file where the last look is kept; in a directory of ours
    public Reviewer(Path project, List<Path> mounts, Path file, Clock clock, Reach reach) {
        this.project = Inventories.project(project, file, reach);
        this.looks = new Mounts(project, file);
        this.mounts = Mounts.outermost(project, mounts);
        this.clock = clock;
    }

    /// To be called before a guest runs that can write the project's `.git`.
    public void gitComesIntoReach() {
        try {
            project.gitComesIntoReach();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Writes down what there is, unless that was done before.
    public void begin() {
        try {
            Instant now = clock.instant();
            project.begin(now);
            for (Path mount : mounts) {
                looks.of(mount).begin(now);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Compares what there is with the last look, which stays the last.
    public Review look() {
        try {
            return compare(present(), Inventories::last);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Compares what there is with the look before the last: what the last one showed, and what
    /// came since.
    public Review lookAgain() {
        try {
            return compare(looks.known(), Inventories::beforeLast);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Mounts that are looked at, also those that the guest had before; not those that were left.
    private List<Inventories> present() throws IOException {
        return looks.known().stream().filter(each -> Files.exists(each.last())).toList();
    }

    private Review compare(List<Inventories> beside, Function<Inventories, Path> earlier)
            throws IOException {
        Review review = project.compare(earlier.apply(project), (_, _) -> {});
        for (Inventories each : beside) {
            review = review.and(each.compare(earlier.apply(each), (_, _) -> {}));
        }
        return review;
    }

    /// The same, but this look becomes the last.
    ///
    /// @param reader shown the result; when it throws, nobody has seen it and all stays as it was
    public void review(Consumer<Review> reader) {
        var drafts = new LinkedHashMap<Inventories, Inventory.Draft>();
        try {
            try {
                review(drafts, reader);
            } finally {
                for (Inventory.Draft each : drafts.values()) {
                    each.close();
                }
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private void review(Map<Inventories, Inventory.Draft> drafts, Consumer<Review> reader)
            throws IOException {
        Review review = reviewed(project, drafts);
        for (Inventories each : present()) {
            review = review.and(reviewed(each, drafts));
        }
        reader.accept(review);
        // A look at nothing new must not push out what the last one showed.
        if (!review.changes().isEmpty() || review.needsLook()) {
            replaceLast(drafts);
        }
    }

    private Review reviewed(Inventories kept, Map<Inventories, Inventory.Draft> drafts)
            throws IOException {
        Inventory.Draft draft = kept.draft(clock.instant());
        drafts.put(kept, draft);
        return kept.compare(kept.last(), draft::add);
    }

    private void replaceLast(Map<Inventories, Inventory.Draft> drafts) throws IOException {
        for (Inventories each : looks.known()) {
            if (!Files.exists(each.last())) {
                Files.deleteIfExists(each.beforeLast());
            }
        }
        for (var each : drafts.entrySet()) {
            Inventories kept = each.getKey();
            if (kept == project || mounts.contains(kept.root())) {
                kept.replaceLast(each.getValue());
            } else {
                kept.leave();
            }
        }
    }

    private UserError unusable(IOException e) {
        return new UserError(
                UserError.Kind.FAILED,
                "the project %s cannot be looked at: %s"
                        .formatted(
                                Printable.of(project.root().toString()),
                                Printable.of(OPENED.matcher(Reason.of(e)).replaceFirst(""))),
                "check that it exists, that you may read it and that the disk is not full: df -h",
                e);
    }
}
