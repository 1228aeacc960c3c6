package keystone.agent.supervisor;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.guest.GuestWorktree;
import keystone.agent.guest.GuestWorktrees;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;

/// What only a guest's own disk holds once its commits are fetched: changes that are not committed,
/// and commits that are on no branch.
public final class OnlyInside {
    private OnlyInside() {}

    /// A line each, printable, as the guest tells of it.
    ///
    /// @param config of the connection, as in [GuestWorktrees]
    public static List<String> of(GitAccess git, SandboxName name, Path config)
            throws InterruptedException {
        var inside = new GuestWorktrees(name, config);
        List<GuestWorktree> all =
                switch (git) {
                    case GitAccess.Direct _, GitAccess.None _ -> List.of();
                    // The workspace's files are the project's.
                    case GitAccess.Own _ -> inside.list(GuestWorktrees.Which.WORKTREES);
                    case GitAccess.Cloned _ -> inside.list(GuestWorktrees.Which.WITH_WORKSPACE);
                };
        return all.stream().filter(OnlyInside::isAny).map(OnlyInside::line).toList();
    }

    private static boolean isAny(GuestWorktree each) {
        return each.changes() > 0 || (each.branch().isEmpty() && each.ahead() > 0);
    }

    private static String line(GuestWorktree each) {
        String branch = each.branch().isEmpty() ? "no branch" : "`" + each.branch() + "`";
        String changes =
                each.changes() == 1
                        ? "1 change that is not committed"
                        : each.changes() + " changes that are not committed";
        String commits =
                each.branch().isEmpty() && each.ahead() > 0
                        ? ", and %d commits".formatted(each.ahead())
                        : "";
        return Printable.of("%s: %s%s (%s)".formatted(each.directory(), changes, commits, branch));
    }
}
