package keystone.agent.cli;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Orphan;
import keystone.agent.sandbox.Prunable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Removes leftovers of commands that were cut short; in the projects of all sandboxes and in this one",
            "the commits of tasks that were rejected or whose sandbox is gone, and what guests gave up or rewrote",
            "more than 30 days ago; also what NixOS guests were made from that no sandbox has any more: it shows",
            "them, and asks.",
            "Sandboxes are never removed by it; those whose project is gone are named, with what would remove them."
        },
        footer = "keystone-agent prune --dry-run")
final class PruneCommand implements Action {
    @Option(names = "--dry-run", description = "Only say what would be removed.")
    boolean dryRun;

    @Option(
            names = {"-f", "--force"},
            description = "Do not ask.")
    boolean force;

    @Option(
            names = "--json",
            description = "Print a JSON object; with --dry-run or --force, as nothing is asked.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        if (json && !dryRun && !force) {
            throw UserError.usage(
                    "with --json nothing is asked", "keystone-agent prune --dry-run --json");
        }
        List<Prunable> found = call.use().sandboxes().prunable(call.around().directory());
        List<Orphan> orphans = call.use().sandboxes().orphans();
        if (!json) {
            show(call, found, orphans);
        }
        if (!dryRun) {
            remove(call, found);
        }
        if (json) {
            call.print(json(found, orphans));
        }
        return 0;
    }

    private static void show(Call call, List<Prunable> found, List<Orphan> orphans) {
        found.forEach(each -> call.out().println(Printable.of(each.what()) + ": " + each.why()));
        if (found.isEmpty()) {
            call.say("there is nothing to remove");
        }
        orphans.forEach(orphan -> mention(call, orphan));
    }

    private void remove(Call call, List<Prunable> found) throws InterruptedException {
        if (found.isEmpty()) {
            return;
        }
        if (!force) {
            ask(call);
        }
        for (Prunable each : found) {
            call.use().sandboxes().prune(each);
        }
        call.say("removed " + found.size());
    }

    private Json json(List<Prunable> found, List<Orphan> orphans) {
        return Json.object()
                .with("removed", !dryRun)
                .with("leftovers", Json.array(found, PruneCommand::json))
                .with("orphans", Json.array(orphans, PruneCommand::json));
    }

    private static Json json(Prunable each) {
        return Json.object().with("what", each.what()).with("why", each.why());
    }

    private static Json json(Orphan each) {
        return Json.object()
                .with("name", each.name().value())
                .with("project", each.project().toString());
    }

    private static void mention(Call call, Orphan orphan) {
        call.say(
                "%s stays, but its project %s is not there; to remove it: keystone-agent destroy %s"
                        .formatted(orphan.name(), shown(orphan.project()), orphan.name()));
    }

    private static void ask(Call call) throws InterruptedException {
        String again = "keystone-agent prune -f";
        if (!call.streams().canAsk()) {
            throw UserError.usage("`prune` asks before it removes, and nobody is here", again);
        }
        if (!call.prompt().confirms("Remove all of this?")) {
            throw new UserError(UserError.Kind.DECLINED, "nothing was removed", again);
        }
    }

    private static String shown(Path path) {
        return Printable.of(path.toString());
    }
}
