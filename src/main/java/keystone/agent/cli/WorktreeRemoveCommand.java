package keystone.agent.cli;

import keystone.agent.model.BranchName;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.Worktrees.Losses;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Fetches first, then removes the branch's directory and its terminal session; the branch",
            "itself stays. Refuses while there are changes that are not committed, or commits that no",
            "branch of this host has."
        },
        footer = "keystone-agent worktree remove fix/login")
final class WorktreeRemoveCommand implements Action {
    @Parameters(index = "0", paramLabel = "BRANCH", description = "The branch.")
    String branch = "";

    @Option(names = "--name", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = {"-f", "--force"},
            description = "Lose changes that are not committed.")
    boolean force;

    @Override
    public int run(Call call) throws InterruptedException {
        var unwanted = new BranchName(branch);
        SandboxName sandbox = call.sandbox(name);
        Losses losses = force ? Losses.ACCEPTED : Losses.NONE;
        try (News news = call.news()) {
            news.at("fetching from " + sandbox);
            call.use().worktrees().remove(sandbox, unwanted, losses);
        }
        call.say("the worktree of `" + Printable.of(branch) + "` is removed; its branch stays");
        return 0;
    }
}
