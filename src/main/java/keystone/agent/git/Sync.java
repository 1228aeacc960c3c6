package keystone.agent.git;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import keystone.agent.git.Assessment.Move;
import keystone.agent.git.Assessment.Place;
import keystone.agent.git.Assessment.Settled;
import keystone.agent.git.SyncOutcome.Busy;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.git.SyncOutcome.EditsInTheWay;
import keystone.agent.git.SyncOutcome.Locked;
import keystone.agent.git.SyncOutcome.NothingNew;
import keystone.agent.git.SyncOutcome.StagingConflicts;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// Brings a branch forward, and the index with it, so that it can be killed at any moment: what was
/// begun is finished, or taken back, by the next one.
///
/// The index's lock is held throughout. As long as it is there, the user's git refuses to commit,
/// to stage and to switch, so nobody builds on a branch that has moved under an index that has not.
final class Sync {
    /// After each of which it may end.
    enum Step {
        JOURNAL_WRITTEN,
        LOCK_TAKEN,
        INDEX_COPIED,
        INDEX_BROUGHT_FORWARD,
        INDEX_READY,
        BRANCH_MOVED,
        /// Only where files follow, as the one before it is only where the index does.
        FILES_WRITTEN,
        INDEX_IN_PLACE,
        JOURNAL_REMOVED
    }

    /// For tests, which end it there.
    interface Checkpoint {
        void reached(Step step);
    }

    /// What became of an earlier sync that did not come to its end.
    private sealed interface Earlier {
        /// There was none, or nothing of it remains.
        record None() implements Earlier {}

        record Finished(Move move) implements Earlier {}

        record Stuck(SyncOutcome outcome) implements Earlier {}
    }

    private static final int MOST_ATTEMPTS = 3;

    private final Git git;
    private final RefReader reader;
    private final AsOwner asOwner;
    private final Layout layout;
    private final Assessor assessor;
    private final SyncFiles files;
    private final ProjectFiles projectFiles;
    private final Checkpoint checkpoint;

    Sync(Git git, RefReader reader, AsOwner asOwner, Layout layout, Checkpoint checkpoint) {
        this.git = git;
        this.reader = reader;
        this.asOwner = asOwner;
        this.layout = layout;
        var enclosure = new GitEnclosure(git, asOwner, layout);
        this.assessor = new Assessor(git, enclosure, reader, layout.own(), System::nanoTime);
        this.files = new SyncFiles(git, enclosure, asOwner, layout.own());
        this.projectFiles = new ProjectFiles(git, enclosure, asOwner, layout);
        this.checkpoint = checkpoint;
    }

    SyncOutcome sync(SandboxName name, SyncRequest request) throws InterruptedException {
        Optional<RepositoryLock> lock = RepositoryLock.take(asOwner, files.directory());
        if (lock.isEmpty()) {
            return new Busy();
        }
        try (RepositoryLock _ = lock.get()) {
            return switch (settleEarlier()) {
                case Earlier.None _ -> syncAnew(name, request);
                case Earlier.Finished finished -> {
                    SyncOutcome outcome = syncAnew(name, request);
                    yield outcome instanceof NothingNew nothing
                                    && nothing.branch().equals(finished.move().branch())
                            ? done(finished.move())
                            : outcome;
                }
                case Earlier.Stuck stuck -> stuck.outcome();
            };
        }
    }

    private static Done done(Move move) {
        return new Done(move.branch(), move.commits(), move.to());
    }

    private SyncOutcome syncAnew(SandboxName name, SyncRequest request)
            throws InterruptedException {
        SyncOutcome outcome = null;
        for (int i = 0; i < MOST_ATTEMPTS && outcome == null; i++) {
            outcome =
                    switch (assessor.assess(name, request)) {
                        case Settled settled -> settled.outcome();
                        case Move move -> attempt(name, request, move);
                    };
        }
        return outcome == null ? new Locked(layout.own().resolve("HEAD")) : outcome;
    }

    /// Null when the repository has changed meanwhile.
    private @Nullable SyncOutcome attempt(SandboxName name, SyncRequest request, Move move)
            throws InterruptedException {
        try {
            return move(name, request, move);
        } catch (RuntimeException | InterruptedException failed) {
            Earlier _ = settleEarlier();
            throw failed;
        }
    }

    private @Nullable SyncOutcome move(SandboxName name, SyncRequest request, Move move)
            throws InterruptedException {
        files.writeJournal(move);
        checkpoint.reached(Step.JOURNAL_WRITTEN);
        if (!files.takeLock()) {
            files.removeJournal();
            return new Locked(files.lock());
        }
        checkpoint.reached(Step.LOCK_TAKEN);
        // Now nobody can switch branches, commit or begin a merge.
        if (!assessor.holds(name, request, move)) {
            return takenBack(null);
        }
        if (move.isCheckedOut()) {
            SyncOutcome refusal = prepare(move);
            if (refusal != null) {
                return takenBack(refusal);
            }
        }
        Command.Finished moving = moveBranch(name, move);
        if (!moving.ok()) {
            return takenBack(inTheWay(move, moving));
        }
        checkpoint.reached(Step.BRANCH_MOVED);
        SyncOutcome refusal = finish(move);
        if (refusal != null) {
            Command.Finished _ = moveBranchBack(name, move);
            return takenBack(refusal);
        }
        return done(move);
    }

    private @Nullable SyncOutcome takenBack(@Nullable SyncOutcome outcome)
            throws InterruptedException {
        Earlier _ = settleEarlier();
        return outcome;
    }

    /// Null when the new index is ready, and no file is in the way.
    private @Nullable SyncOutcome prepare(Move move) throws InterruptedException {
        if (makeIndex(move) != null) {
            return new StagingConflicts(move.branch(), files.conflicts(move));
        }
        return move.place() == Place.CHECKED_OUT_BEHIND
                ? refusal(move, projectFiles.inTheWay(move))
                : null;
    }

    private static @Nullable SyncOutcome refusal(Move move, @Nullable List<String> inTheWay) {
        return inTheWay == null ? null : new EditsInTheWay(move.branch(), inTheWay);
    }

    /// Git's complaint, or null when the new index is ready.
    private @Nullable String makeIndex(Move move) throws InterruptedException {
        files.copyIndex();
        checkpoint.reached(Step.INDEX_COPIED);
        String complaint = files.bringForward(move);
        if (complaint == null) {
            checkpoint.reached(Step.INDEX_BROUGHT_FORWARD);
            files.declareReady();
            checkpoint.reached(Step.INDEX_READY);
        }
        return complaint;
    }

    private Command.Finished moveBranch(SandboxName name, Move move) throws InterruptedException {
        return git.updateBranch(
                "keystone-agent: sync from " + name,
                "update " + move.ref() + '\0' + move.to() + '\0' + move.from() + '\0');
    }

    private Command.Finished moveBranchBack(SandboxName name, Move move)
            throws InterruptedException {
        String instruction =
                move.from().equals(ObjectId.NONE)
                        ? "delete " + move.ref() + '\0' + move.to() + '\0'
                        : "update " + move.ref() + '\0' + move.from() + '\0' + move.to() + '\0';
        return git.updateBranch("keystone-agent: take back sync from " + name, instruction);
    }

    /// Null when the branch is no longer where it was.
    private @Nullable SyncOutcome inTheWay(Move move, Command.Finished moving)
            throws InterruptedException {
        Path ofBranch = layout.common().resolve(move.ref() + ".lock");
        for (Path lock : List.of(ofBranch, layout.own().resolve("HEAD.lock"))) {
            if (Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
                return new Locked(lock);
            }
        }
        ObjectId now = reader.object(move.ref());
        if (move.from().equals(now == null ? ObjectId.NONE : now)) {
            throw Git.failed(moving.errors());
        }
        return null;
    }

    /// Null when nothing was in the way of that.
    private @Nullable SyncOutcome finish(Move move) throws InterruptedException {
        if (move.place() == Place.CHECKED_OUT_BEHIND) {
            SyncOutcome refusal = refusal(move, projectFiles.write(move));
            if (refusal != null) {
                return refusal;
            }
            checkpoint.reached(Step.FILES_WRITTEN);
            files.lookAtFiles();
        }
        if (move.isCheckedOut()) {
            files.putInPlace();
            checkpoint.reached(Step.INDEX_IN_PLACE);
        }
        projectFiles.clear();
        files.removeDrafts();
        files.removeJournal();
        checkpoint.reached(Step.JOURNAL_REMOVED);
        files.removeLock();
        return null;
    }

    private void clear() throws InterruptedException {
        projectFiles.clear();
        files.removeDrafts();
        files.removeJournal();
        files.removeLock();
    }

    /// Finishes what was begun when its branch has moved, else takes it back.
    private Earlier settleEarlier() throws InterruptedException {
        Move begun = files.journal();
        if (begun == null || !begun.to().equals(reader.object(begun.ref()))) {
            clear();
            return new Earlier.None();
        }
        // Without the new index it is in its place already. When another branch is checked out by
        // now, the index is that one's.
        boolean indexIsBehind =
                files.isReady()
                        && begun.isCheckedOut()
                        && reader.head().equals(new Head.OnBranch(begun.branch()));
        return indexIsBehind ? bringIndexForward(begun) : cleared(begun);
    }

    private Earlier cleared(Move begun) throws InterruptedException {
        clear();
        return new Earlier.Finished(begun);
    }

    /// Made anew from the index as it is now: the lock may have been removed by hand, and the index
    /// changed. Where it has all of the commits already, nothing changes.
    private Earlier bringIndexForward(Move begun) throws InterruptedException {
        if (!files.isLockOurs() && !files.takeLock()) {
            return new Earlier.Stuck(new Locked(files.lock()));
        }
        SyncOutcome refusal = prepare(begun);
        if (refusal == null) {
            refusal = finish(begun);
        }
        if (refusal != null) {
            // What marks the index as behind stays, so that the next one tries again.
            projectFiles.clear();
            files.removeLock();
            return new Earlier.Stuck(refusal);
        }
        return new Earlier.Finished(begun);
    }

    /// Finishes, or takes back, what a killed one has left, unless another one is at work: no lock
    /// of ours may outlive the last sandbox.
    void settle() throws InterruptedException {
        if (files.journal() == null && !files.isLockOurs()) {
            return;
        }
        Optional<RepositoryLock> lock = RepositoryLock.take(asOwner, files.directory());
        if (lock.isPresent()) {
            try (RepositoryLock _ = lock.get()) {
                Earlier _ = settleEarlier();
            }
        }
    }

    SyncOutcome preview(SandboxName name, SyncRequest request) throws InterruptedException {
        Optional<RepositoryLock> lock = RepositoryLock.take(asOwner, files.directory());
        if (lock.isEmpty()) {
            return new Busy();
        }
        try (RepositoryLock _ = lock.get()) {
            Move begun = files.journal();
            if (begun != null
                    && request.branch().orElse(begun.branch()).equals(begun.branch())
                    && begun.to().equals(reader.object(begun.ref()))) {
                return done(begun);
            }
            return switch (assessor.assess(name, request)) {
                case Settled settled -> settled.outcome();
                case Move move -> preview(move);
            };
        }
    }

    private SyncOutcome preview(Move move) throws InterruptedException {
        if (files.isLocked() && !files.isLockOurs()) {
            return new Locked(files.lock());
        }
        if (!move.isCheckedOut()) {
            return done(move);
        }
        files.copyIndex();
        boolean fits = files.bringForward(move) == null;
        files.removeDrafts();
        if (!fits) {
            return new StagingConflicts(move.branch(), files.conflicts(move));
        }
        if (move.place() == Place.CHECKED_OUT_BEHIND) {
            SyncOutcome refusal = refusal(move, projectFiles.inTheWay(move));
            projectFiles.clear();
            if (refusal != null) {
                return refusal;
            }
        }
        return done(move);
    }
}
