package keystone.agent.git;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.git.Assessment.Move;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// The files of a sync, and each single step of it; every one is whole or did not happen.
///
/// In `.git/keystone/`: the journal `sync`; `draft/index`, a copy of the index while it is worked
/// on, in a directory of its own because whoever reads the guest's objects for it can write there;
/// `index`, the finished new one. That is there from before the branch moves until it is
/// renamed to `.git/index`.
final class SyncFiles {
    private final Git git;
    private final GitEnclosure enclosure;
    private final AsOwner asOwner;
    private final Path directory;
    private final Path journal;
    private final Path drafts;
    private final Path draft;
    private final Path ready;
    private final Path index;
    private final Path lock;

    SyncFiles(Git git, GitEnclosure enclosure, AsOwner asOwner, Path gitDirectory) {
        this.git = git;
        this.enclosure = enclosure;
        this.asOwner = asOwner;
        this.directory = gitDirectory.resolve("keystone");
        this.journal = directory.resolve("sync");
        this.drafts = directory.resolve("draft");
        this.draft = drafts.resolve("index");
        this.ready = directory.resolve("index");
        this.index = gitDirectory.resolve("index");
        this.lock = gitDirectory.resolve("index.lock");
    }

    Path directory() {
        return directory;
    }

    Path lock() {
        return lock;
    }

    @Nullable Move journal() {
        return Journal.read(journal);
    }

    void writeJournal(Move move) throws InterruptedException {
        removeDrafts();
        Path written = directory.resolve("sync.draft");
        asOwner.must(
                Journal.text(move),
                "dd",
                "of=" + written,
                "oflag=nofollow",
                "conv=fsync",
                "status=none");
        asOwner.must("mv", "-fT", written.toString(), journal.toString());
    }

    /// Takes the index's lock, as git does: whoever makes the file has it.
    ///
    /// @return false when it is there already
    boolean takeLock() throws InterruptedException {
        if (exists(lock)) {
            return false;
        }
        Command.Finished linked = asOwner.run("ln", "-T", journal.toString(), lock.toString());
        if (!linked.ok() && !exists(lock)) {
            throw Git.failed(linked.errors());
        }
        return linked.ok();
    }

    boolean isLocked() {
        return exists(lock);
    }

    boolean isLockOurs() {
        return Journal.isOurs(lock);
    }

    void copyIndex() throws InterruptedException {
        asOwner.must("rm", "-rf", drafts.toString());
        asOwner.must("mkdir", "-m", "700", drafts.toString());
        if (exists(index)) {
            // Its time says which files git must look at again.
            asOwner.must("cp", "-pT", index.toString(), draft.toString());
        }
    }

    /// Brings the copy forward.
    ///
    /// @return git's complaint when what is staged is in the way; else null
    @Nullable String bringForward(Move move) throws InterruptedException {
        Command.Finished finished =
                enclosure.onIndex(
                        draft, "read-tree", "-i", "-m", move.treeBefore().hex(), move.to().hex());
        if (finished.ok()) {
            return null;
        }
        String complaint = finished.errors();
        if (complaint.contains("would be overwritten by merge")
                || complaint.contains("resolve your current index")
                || complaint.contains("would lose untracked files")
                || complaint.contains("not uptodate")) {
            return complaint;
        }
        throw Git.failed(complaint);
    }

    void declareReady() throws InterruptedException {
        // Through a link git would later write where that leads.
        if (!Files.isRegularFile(draft, LinkOption.NOFOLLOW_LINKS)) {
            throw Git.failed("what git wrote is no file: " + draft);
        }
        asOwner.must("mv", "-fT", draft.toString(), ready.toString());
    }

    boolean isReady() {
        return exists(ready);
    }

    /// Lets git know the files that were written, so that its next look need not read them.
    void lookAtFiles() throws InterruptedException {
        Command.Finished _ = git.onIndex(ready, "update-index", "-q", "--refresh");
    }

    void putInPlace() throws InterruptedException {
        asOwner.must("mv", "-fT", ready.toString(), index.toString());
    }

    void removeDrafts() throws InterruptedException {
        if (exists(drafts) || exists(ready)) {
            asOwner.must("rm", "-rf", drafts.toString(), ready.toString());
        }
    }

    void removeJournal() throws InterruptedException {
        if (exists(journal)) {
            asOwner.must("rm", "-f", journal.toString());
        }
    }

    void removeLock() throws InterruptedException {
        if (isLockOurs()) {
            asOwner.must("rm", "-f", lock.toString());
        }
    }

    /// Which staged paths the commits change, too.
    List<String> conflicts(Move move) throws InterruptedException {
        String before = move.treeBefore().hex();
        var staged =
                new ArrayList<>(
                        Git.fields(
                                git.onIndex(
                                                index,
                                                "diff-index",
                                                "--cached",
                                                "--name-only",
                                                "--no-renames",
                                                "-z",
                                                before)
                                        .output()));
        var matching = new ArrayList<String>();
        enclosure.eachField(
                path -> {
                    if (staged.contains(path)) {
                        matching.add(path);
                    }
                },
                "diff-tree",
                "-r",
                "--name-only",
                "--no-renames",
                "-z",
                before,
                move.to().hex());
        return matching;
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
