package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.model.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = "The commit tells the exact sources; the second line the Java it runs on.",
        footer = "keystone-agent version --json")
final class VersionCommand implements Action {
    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) {
        Program program = call.around().program().get();
        String java = Runtime.version().toString();
        if (json) {
            call.print(
                    Json.object()
                            .with("version", program.version())
                            .with("commit", program.commit())
                            .with("java", java));
            return 0;
        }
        call.out().println("keystone-agent " + program);
        call.out().println("Java " + java);
        return 0;
    }
}
