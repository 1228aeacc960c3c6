package keystone.agent.sandbox;

import java.util.List;
import java.util.Optional;
import keystone.agent.git.HostRepository;
import keystone.agent.guest.GuestTasks;
import keystone.agent.guest.GuestWorktree;
import keystone.agent.guest.GuestWorktrees;
import keystone.agent.model.BranchName;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.supervisor.GitAccess;
import org.jspecify.annotations.Nullable;

/// A directory and a terminal session for each of a guest's branches.
public final class Worktrees {
    private final Projects projects;

    Worktrees(Projects projects) {
        this.projects = projects;
    }

    /// Makes one on the guest's own disk, and the branch when there is none.
    ///
    /// @param from where a new branch begins; null is where the workspace stands
    /// @return its directory in the guest; printable
    public String add(SandboxName name, BranchName branch, @Nullable BranchName from)
            throws InterruptedException {
        SandboxDir dir = usable(name);
        return Printable.of(inside(dir).add(branch, from));
    }

    /// Copies into one of them what the workspace has and git ignores.
    ///
    /// @param directory in the guest
    /// @param paths below the project
    /// @return what was not copied, a printable sentence each
    public List<String> copy(SandboxName name, String directory, List<String> paths)
            throws InterruptedException {
        SandboxDir dir = usable(name);
        return new GuestTasks(name, dir.run().sshConfig()).copy(directory, paths);
    }

    /// All of the guest's, whoever made them.
    public List<Worktree> list(SandboxName name) throws InterruptedException {
        return inside(usable(name)).list(GuestWorktrees.Which.WORKTREES).stream()
                .map(Worktree::of)
                .toList();
    }

    /// What a [#remove] may lose.
    public enum Losses {
        NONE,
        /// Changes that are not committed, and commits that are on no branch.
        ACCEPTED
    }

    /// Fetches, then removes a branch's directory and its session. The branch stays.
    ///
    /// @throws UserError when something is only there, and its loss was not accepted
    public void remove(SandboxName name, BranchName branch, Losses losses)
            throws InterruptedException {
        SandboxDir dir = usable(name);
        HostRepository repository = Returning.fetched(dir);
        GuestWorktree worktree = find(dir, branch);
        if (losses == Losses.NONE) {
            requireNothingOnlyThere(name, worktree, repository);
        }
        inside(dir)
                .remove(
                        worktree,
                        losses == Losses.NONE
                                ? GuestWorktrees.Changes.KEPT
                                : GuestWorktrees.Changes.GIVEN_UP);
    }

    private static void requireNothingOnlyThere(
            SandboxName name, GuestWorktree worktree, HostRepository repository)
            throws InterruptedException {
        String branch = worktree.branch();
        String shown = Printable.of(branch.isEmpty() ? worktree.directory() : branch);
        if (worktree.changes() > 0) {
            throw UserError.wrongState(
                    "the worktree of `%s` has changes that are not committed: %d"
                            .formatted(shown, worktree.changes()),
                    "keystone-agent worktree remove -f %s --name %s   # loses them; or commit them first"
                            .formatted(ShellWord.quote(shown), name));
        }
        // What the guest says of commits is of before the last sync; but only it knows of those
        // that
        // are on no branch.
        int lost = branch.isEmpty() ? worktree.ahead() : repository.notAtHome(name, branch);
        if (lost > 0) {
            throw UserError.wrongState(
                    "the worktree of `%s` has commits that have not come home: %d"
                            .formatted(shown, lost),
                    "keystone-agent sync %s --branch %s   # or remove it with -f"
                            .formatted(name, ShellWord.quote(shown)));
        }
    }

    /// The one that a branch is checked out in, or that was made for it.
    static GuestWorktree find(SandboxDir dir, BranchName branch) throws InterruptedException {
        List<GuestWorktree> all = inside(dir).list(GuestWorktrees.Which.WORKTREES);
        Optional<GuestWorktree> found =
                all.stream().filter(each -> each.branch().equals(branch.value())).findFirst();
        return found.or(
                        () ->
                                all.stream()
                                        .filter(
                                                each ->
                                                        each.directory()
                                                                .endsWith("/" + branch.plain()))
                                        .findFirst())
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no worktree of `"
                                                + Printable.of(branch.value())
                                                + "` in `"
                                                + dir.name()
                                                + "`",
                                        "keystone-agent worktree list " + dir.name()));
    }

    private SandboxDir usable(SandboxName name) throws InterruptedException {
        SandboxDir dir = projects.named(name);
        // In the host's own git directory, git on this host would take a guest's paths for lost
        // worktrees, and forget their branches' logs.
        GitAccess _ = Returning.git(dir);
        Usable.require(dir).close();
        return dir;
    }

    private static GuestWorktrees inside(SandboxDir dir) {
        return new GuestWorktrees(dir.name(), dir.run().sshConfig());
    }
}
