package keystone.agent.cli;

import java.util.List;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Prunable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Removes leftovers of commands that were cut short. Sandboxes are never removed by it.",
            "On a terminal it shows them and asks."
        },
        footer = "keystone-agent prune --dry-run")
final class PruneCommand implements Action {
    @Option(names = "--dry-run", description = "Only say what would be removed.")
    boolean dryRun;

    @Option(
            names = {"-f", "--force"},
            description = "Do not ask.")
    boolean force;

    @Override
    public int run(Call call) throws InterruptedException {
        List<Prunable> found = call.use().sandboxes().prunable();
        if (found.isEmpty()) {
            call.say("there is nothing to remove");
            return 0;
        }
        found.forEach(
                item ->
                        call.out()
                                .println(
                                        Printable.of(item.what())
                                                + ": "
                                                + Printable.of(item.why())));
        if (dryRun) {
            return 0;
        }
        if (!force && call.streams().canAsk() && !call.prompt().confirms("Remove all of this?")) {
            throw new UserError(
                    UserError.Kind.DECLINED, "nothing was removed", "keystone-agent prune -f");
        }
        for (Prunable item : found) {
            call.use().sandboxes().prune(item);
        }
        call.say("removed " + found.size());
        return 0;
    }
}
