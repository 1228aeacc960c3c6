package keystone.agent.cli;

import keystone.agent.sandbox.Observation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Shows what is observed at this moment, never what was recorded earlier. Sessions are all that",
            "are in the guest over ssh: exec, ssh, attach, cp, and editors."
        },
        footer = "keystone-agent status blue --json")
final class StatusCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        Observation sandbox = call.use().sandboxes().status(call.sandbox(name));
        if (json) {
            call.print(new ObservationJson(call.now()).of(sandbox));
            return 0;
        }
        new ObservationText(call).details(sandbox).forEach(call.out()::println);
        return 0;
    }
}
