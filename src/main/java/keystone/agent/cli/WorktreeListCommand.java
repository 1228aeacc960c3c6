package keystone.agent.cli;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.Worktree;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "AHEAD are commits that this host's branch has not, as of the last `sync` or start; CHANGES",
            "are files that are not committed as they are. Git in the guest tells, so an agent may lie."
        },
        footer = "keystone-agent worktree list --json")
final class WorktreeListCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        List<Worktree> worktrees = call.use().worktrees().list(sandbox);
        if (json) {
            call.print(Json.array(worktrees, WorktreeListCommand::json));
            return 0;
        }
        if (worktrees.isEmpty()) {
            call.say("there are none; `keystone-agent worktree add BRANCH` makes one");
            return 0;
        }
        var table = new Table("BRANCH", "AHEAD", "CHANGES", "SESSION", "DIRECTORY");
        for (Worktree each : worktrees) {
            table.row(
                    each.branch().isEmpty() ? "(none)" : each.branch(),
                    Integer.toString(each.ahead()),
                    Integer.toString(each.changes()),
                    each.hasSession() ? "yes" : "no",
                    each.directory());
        }
        table.lines().forEach(call.out()::println);
        return 0;
    }

    private static Json.Obj json(Worktree worktree) {
        return Json.object()
                .with("branch", worktree.branch().isEmpty() ? null : worktree.branch())
                .with("directory", worktree.directory())
                .with("ahead", worktree.ahead())
                .with("changes", worktree.changes())
                .with("session", worktree.hasSession());
    }
}
