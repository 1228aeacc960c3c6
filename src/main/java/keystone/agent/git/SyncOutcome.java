package keystone.agent.git;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import keystone.agent.model.Printable;

/// What came of bringing a branch home. Branch names and paths may be the guest's words: print what
/// [#words] says, not the components.
public sealed interface SyncOutcome {
    /// One sentence without a full stop; safe to print.
    String words();

    /// What to do about it, as far as that is outside this program's own commands; safe to print.
    default Optional<String> advice() {
        return Optional.empty();
    }

    /// The branch is where the guest's is; of a preview, would be.
    ///
    /// @param commits that it did not have before
    /// @param to where it is now
    record Done(String branch, int commits, ObjectId to) implements SyncOutcome {
        @Override
        public String words() {
            return shown(branch) + ": " + counted(commits, "new commit");
        }
    }

    /// The branch has everything that the guest has on it, and so has every other.
    record NothingNew(String branch) implements SyncOutcome {
        @Override
        public String words() {
            return shown(branch) + " has all of the guest's commits";
        }
    }

    /// The branch has everything that the guest has on it, but the guest has commits on others.
    /// Only the branch that is named moves.
    record NewElsewhere(String branch, List<Ahead> others) implements SyncOutcome {
        public NewElsewhere {
            others = List.copyOf(others);
        }

        @Override
        public String words() {
            return shown(branch)
                    + " has all of the guest's commits on it; there are new ones on "
                    + some(others.stream().map(Ahead::words).toList());
        }
    }

    /// A branch of the guest's with commits that no branch of this host has.
    record Ahead(String branch, int commits) {
        String words() {
            return shown(branch) + " (" + commits + ")";
        }
    }

    /// The guest has no branch of this name, or nothing was fetched yet.
    record NotInGuest(String branch) implements SyncOutcome {
        @Override
        public String words() {
            return "the guest has no branch " + shown(branch);
        }

        @Override
        public Optional<String> advice() {
            return Optional.of("see which it has, in the sandbox: git branch");
        }
    }

    /// Both sides have commits that the other lacks.
    ///
    /// @param fetched the ref that holds the guest's
    record Diverged(String branch, int here, int there, String fetched) implements SyncOutcome {
        @Override
        public String words() {
            return shown(branch)
                    + " has "
                    + counted(here, "commit")
                    + " that the guest lacks, and the guest has "
                    + counted(there, "commit")
                    + " more";
        }

        @Override
        public Optional<String> advice() {
            return Optional.of(
                    "in the sandbox: git rebase 'host/"
                            + shellSafe(branch)
                            + "', then sync again; or look here: git log '"
                            + shellSafe(fetched)
                            + "'");
        }
    }

    /// What is staged on this host is in the way of the commits; nothing was changed.
    ///
    /// @param paths as far as they are known
    record StagingConflicts(String branch, List<String> paths) implements SyncOutcome {
        public StagingConflicts {
            paths = List.copyOf(paths);
        }

        @Override
        public String words() {
            return "what you have staged is in the way"
                    + (paths.isEmpty()
                            ? ""
                            : ": " + some(paths.stream().map(Printable::of).toList()));
        }

        @Override
        public Optional<String> advice() {
            return Optional.of("unstage it, which changes no file: git restore --staged PATH…");
        }
    }

    /// Files that are not committed on this host are in the way; nothing was changed.
    ///
    /// @param paths as far as they are known
    record EditsInTheWay(String branch, List<String> paths) implements SyncOutcome {
        public EditsInTheWay {
            paths = List.copyOf(paths);
        }

        @Override
        public String words() {
            return "files that you have changed here are in the way"
                    + (paths.isEmpty()
                            ? ""
                            : ": " + some(paths.stream().map(Printable::of).toList()));
        }

        @Override
        public Optional<String> advice() {
            return Optional.of("put them aside: git stash --include-untracked -- PATH…");
        }
    }

    /// A merge, a rebase or the like is not finished on this host.
    record OperationInProgress(String operation) implements SyncOutcome {
        @Override
        public String words() {
            return "a " + operation + " is in progress here";
        }

        @Override
        public Optional<String> advice() {
            return Optional.of("finish or abort it: git status");
        }
    }

    /// Another program is at work on the index or the branch, or was killed at it.
    record Locked(Path lock) implements SyncOutcome {
        @Override
        public String words() {
            return "another git is at work here: " + Printable.of(lock.toString()) + " is locked";
        }

        @Override
        public Optional<String> advice() {
            return Optional.of(
                    "wait for it; when none runs any more: rm '"
                            + shellSafe(lock.toString())
                            + "'");
        }
    }

    /// Another `sync` of ours is at work in this repository.
    record Busy() implements SyncOutcome {
        @Override
        public String words() {
            return "another sync is at work in this project";
        }

        @Override
        public Optional<String> advice() {
            return Optional.of("wait for it and try again");
        }
    }

    /// The commits add repositories within this one.
    record AddsGitlinks(String branch, List<String> paths) implements SyncOutcome {
        public AddsGitlinks {
            paths = List.copyOf(paths);
        }

        @Override
        public String words() {
            return "the guest's commits on "
                    + shown(branch)
                    + " add repositories within this one, whose configuration this host's git would"
                    + " obey: "
                    + some(paths.stream().map(Printable::of).toList());
        }
    }

    /// This host has no branch checked out, and none was named.
    record DetachedHead(ObjectId commit) implements SyncOutcome {
        @Override
        public String words() {
            return "no branch is checked out here";
        }

        @Override
        public Optional<String> advice() {
            return Optional.of("git switch BRANCH, or name the branch");
        }
    }

    /// Its files are in another worktree of this host, which would not follow.
    record CheckedOutElsewhere(String branch, Path worktree) implements SyncOutcome {
        @Override
        public String words() {
            return shown(branch)
                    + " is checked out in "
                    + Printable.of(worktree.toString())
                    + ", whose files would not follow";
        }

        @Override
        public Optional<String> advice() {
            return Optional.of("git worktree remove '" + shellSafe(worktree.toString()) + "'");
        }
    }

    private static String shown(String branch) {
        return "`" + Printable.of(branch) + "`";
    }

    private static String counted(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    private static String shellSafe(String text) {
        return Printable.of(text).replace("'", "'\\''");
    }

    private static String some(List<String> all) {
        int most = 10;
        String shown = all.stream().limit(most).collect(Collectors.joining(", "));
        return all.size() > most ? shown + " and " + (all.size() - most) + " more" : shown;
    }
}
