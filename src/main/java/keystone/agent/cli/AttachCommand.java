package keystone.agent.cli;

import keystone.agent.model.BranchName;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "The session is tmux in /workspace: it goes on when you close the terminal, and is as you",
            "left it when you attach again. Ctrl-b d leaves it."
        },
        footer = {"keystone-agent attach blue", "keystone-agent attach --worktree fix/login"})
final class AttachCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = "--worktree",
            paramLabel = "BRANCH",
            description = "Go into the session of this branch's worktree.")
    @Nullable String worktree;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        if (!call.streams().canAttach()) {
            throw UserError.usage(
                    "`attach` needs a terminal", "keystone-agent exec " + sandbox + " -- COMMAND");
        }
        if (worktree == null) {
            call.use().sessions().attach(sandbox);
        } else {
            call.use().sessions().attach(sandbox, new BranchName(worktree));
        }
        return 0;
    }
}
