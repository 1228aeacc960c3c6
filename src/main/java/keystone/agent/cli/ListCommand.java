package keystone.agent.cli;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.sandbox.Observation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Shows what is observed at this moment, never what was recorded earlier.",
            "With -q only the names are printed, one a line."
        },
        footer = "keystone-agent list --json")
final class ListCommand implements Action {
    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        List<Observation> sandboxes = call.use().sandboxes().list();
        if (json) {
            var facts = new ObservationJson(call.now());
            call.print(Json.array(sandboxes, facts::of));
            return 0;
        }
        if (call.flags().quiet) {
            sandboxes.forEach(sandbox -> call.out().println(sandbox.name()));
            return 0;
        }
        if (sandboxes.isEmpty()) {
            call.say("there are no sandboxes yet; `keystone-agent start` makes one");
            return 0;
        }
        new ObservationText(call).list(sandboxes).forEach(call.out()::println);
        return 0;
    }
}
