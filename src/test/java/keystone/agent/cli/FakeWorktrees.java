package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.BranchName;
import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.Worktree;
import keystone.agent.sandbox.Worktrees;
import org.jspecify.annotations.Nullable;

/// Worktrees that exist only in memory, and a record of what was asked.
final class FakeWorktrees implements UseCases.OfWorktrees {
    final List<String> calls = new ArrayList<>();
    final List<Worktree> all = new ArrayList<>();

    @Override
    public String add(SandboxName name, BranchName branch, @Nullable BranchName from) {
        calls.add("add " + name + " " + branch + " " + (from == null ? "-" : from));
        return "/home/sandbox/worktrees/" + branch.plain();
    }

    @Override
    public List<String> copy(SandboxName name, String directory, List<String> paths) {
        calls.add("copy " + name + " " + directory + " " + paths);
        return List.of("`absent` is not copied: the workspace has none");
    }

    @Override
    public List<Worktree> list(SandboxName name) {
        return all;
    }

    @Override
    public void remove(SandboxName name, BranchName branch, Worktrees.Losses losses) {
        calls.add("remove " + name + " " + branch + " " + losses);
    }
}
