package keystone.agent.git;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import keystone.agent.git.Assessment.Move;
import keystone.agent.git.Assessment.Place;
import keystone.agent.git.Assessment.Settled;
import keystone.agent.git.SyncOutcome.AddsGitlinks;
import keystone.agent.git.SyncOutcome.Ahead;
import keystone.agent.git.SyncOutcome.CheckedOutElsewhere;
import keystone.agent.git.SyncOutcome.DetachedHead;
import keystone.agent.git.SyncOutcome.Diverged;
import keystone.agent.git.SyncOutcome.NewElsewhere;
import keystone.agent.git.SyncOutcome.NotInGuest;
import keystone.agent.git.SyncOutcome.NothingNew;
import keystone.agent.git.SyncOutcome.OperationInProgress;
import keystone.agent.git.SyncRequest.Gitlinks;
import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;

/// Looks at both sides of a branch; changes nothing.
final class Assessor {
    /// By the file that git keeps while it lasts; a rebase first, as it makes the others, too.
    private static final List<Map.Entry<String, String>> OPERATIONS =
            List.of(
                    Map.entry("rebase-merge", "rebase"),
                    Map.entry("rebase-apply", "rebase"),
                    Map.entry("MERGE_HEAD", "merge"),
                    Map.entry("CHERRY_PICK_HEAD", "cherry-pick"),
                    Map.entry("REVERT_HEAD", "revert"),
                    Map.entry("sequencer", "sequence of picks"),
                    Map.entry("BISECT_LOG", "bisect"));

    /// Of the guest's branches that are looked at when there is nothing new on the one asked for.
    private static final int MOST_OTHERS = 50;

    /// No more of them are looked at after that: a guest can give each one a history that is slow
    /// to count.
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(20);

    private final Git git;
    private final GitEnclosure enclosure;
    private final RefReader reader;
    private final Path gitDirectory;
    private final LongSupplier nanos;

    Assessor(
            Git git,
            GitEnclosure enclosure,
            RefReader reader,
            Path gitDirectory,
            LongSupplier nanos) {
        this.git = git;
        this.enclosure = enclosure;
        this.reader = reader;
        this.gitDirectory = gitDirectory;
        this.nanos = nanos;
    }

    Assessment assess(SandboxName name, SyncRequest request) throws InterruptedException {
        Head head = reader.head();
        if (request.branch().isEmpty() && head instanceof Head.Detached detached) {
            return new Settled(new DetachedHead(detached.commit()));
        }
        Optional<String> operation = operation();
        if (operation.isPresent()) {
            return new Settled(new OperationInProgress(operation.get()));
        }
        Optional<String> current =
                head instanceof Head.OnBranch on ? Optional.of(on.branch()) : Optional.empty();
        String branch = request.branch().or(() -> current).orElseThrow();
        boolean checkedOut = current.equals(Optional.of(branch));
        ObjectId here = reader.object(RefReader.BRANCHES + branch);
        String source = request.source(name, branch);
        ObjectId there = commit(source);
        if (there == null) {
            return request.branch().isPresent() || request.task() != null
                    ? new Settled(new NotInGuest(branch))
                    : new Settled(elsewhere(name, branch, new NotInGuest(branch)));
        }
        Place place = checkedOut ? place(name, request, there) : Place.NOT_CHECKED_OUT;
        Assessment assessment = compare(name, branch, place, here, there);
        if (assessment instanceof Settled(Diverged(var _, int lacking, int coming, var _))) {
            return new Settled(new Diverged(branch, lacking, coming, source));
        }
        return assessment instanceof Move move ? permitted(move, request.gitlinks()) : assessment;
    }

    /// Whether an assessment still holds: all else follows from the two commits.
    boolean holds(SandboxName name, SyncRequest request, Move move) throws InterruptedException {
        boolean checkedOut = reader.head().equals(new Head.OnBranch(move.branch()));
        ObjectId here = reader.object(move.ref());
        return operation().isEmpty()
                && checkedOut == move.isCheckedOut()
                && move.from().equals(here == null ? ObjectId.NONE : here)
                && move.to().equals(reader.object(request.source(name, move.branch())));
    }

    /// The files are there when they went through the guest's workspace: it stands on the commit,
    /// or on one that was made after it. Else it was made in a worktree of the guest's.
    private Place place(SandboxName name, SyncRequest request, ObjectId there)
            throws InterruptedException {
        if (request.workspace() == SyncRequest.Workspace.APART) {
            return Place.CHECKED_OUT_BEHIND;
        }
        ObjectId workspace = reader.object(RefReader.workspace(name));
        boolean isThere =
                workspace == null
                        || workspace.equals(there)
                        || !isCommit(workspace)
                        || enclosure
                                .read("merge-base", "--is-ancestor", there.hex(), workspace.hex())
                                .ok();
        return isThere ? Place.CHECKED_OUT : Place.CHECKED_OUT_BEHIND;
    }

    private Optional<String> operation() {
        return OPERATIONS.stream()
                .filter(
                        each ->
                                Files.exists(
                                        gitDirectory.resolve(each.getKey()),
                                        LinkOption.NOFOLLOW_LINKS))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /// Null also when the guest's branch is no commit: nothing but its own git has seen to that.
    private @Nullable ObjectId commit(String ref) throws InterruptedException {
        ObjectId object = reader.object(ref);
        return object == null || !isCommit(object) ? null : object;
    }

    private boolean isCommit(ObjectId object) throws InterruptedException {
        return enclosure.answer("cat-file", "-t", object.hex()).strip().equals("commit");
    }

    private Assessment compare(
            SandboxName name, String branch, Place place, @Nullable ObjectId here, ObjectId there)
            throws InterruptedException {
        if (here == null) {
            int commits =
                    enclosure.count("rev-list", "--count", there.hex(), "--not", "--branches");
            return new Move(branch, ObjectId.NONE, there, commits, place);
        }
        String[] both =
                enclosure
                        .answer("rev-list", "--left-right", "--count", here + "..." + there)
                        .strip()
                        .split("\t", -1);
        int lacking = Integer.parseInt(both[0]);
        int coming = Integer.parseInt(both[1]);
        if (coming == 0) {
            return new Settled(elsewhere(name, branch, new NothingNew(branch)));
        }
        if (lacking > 0) {
            String fetched = RefReader.fetched(name) + branch;
            return new Settled(new Diverged(branch, lacking, coming, fetched));
        }
        return new Move(branch, here, there, coming, place);
    }

    private SyncOutcome elsewhere(SandboxName name, String branch, SyncOutcome otherwise)
            throws InterruptedException {
        Set<ObjectId> known = Set.copyOf(reader.below(RefReader.BRANCHES).values());
        var ahead = new ArrayList<Ahead>();
        int looked = 0;
        long begun = nanos.getAsLong();
        for (Map.Entry<String, ObjectId> each : reader.below(RefReader.fetched(name)).entrySet()) {
            if (each.getKey().equals(branch) || known.contains(each.getValue())) {
                continue;
            }
            if (looked++ == MOST_OTHERS || nanos.getAsLong() - begun > LONGEST_LOOK.toNanos()) {
                break;
            }
            int commits =
                    enclosure.count(
                            "rev-list", "--count", each.getValue().hex(), "--not", "--branches");
            if (commits > 0) {
                ahead.add(new Ahead(each.getKey(), commits));
            }
        }
        return ahead.isEmpty() ? otherwise : new NewElsewhere(branch, ahead);
    }

    private Assessment permitted(Move move, Gitlinks gitlinks) throws InterruptedException {
        if (move.place() == Place.NOT_CHECKED_OUT) {
            String other =
                    git.read("for-each-ref", "--format=%(worktreepath)", move.ref())
                            .lines()
                            .findFirst()
                            .orElse("");
            if (!other.isEmpty()) {
                return new Settled(new CheckedOutElsewhere(move.branch(), Path.of(other)));
            }
        }
        if (gitlinks == Gitlinks.REFUSE) {
            List<String> added = new NewGitlinks(enclosure).between(move.from(), move.to());
            if (!added.isEmpty()) {
                return new Settled(new AddsGitlinks(move.branch(), added));
            }
        }
        return move;
    }
}
