package keystone.agent.cli;

import keystone.agent.json.Json;
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
        Surroundings.Build build = call.around().build().get();
        String java = Runtime.version().toString();
        if (json) {
            call.print(
                    Json.object()
                            .with("version", build.version())
                            .with("commit", build.commit())
                            .with("java", java));
            return 0;
        }
        call.out().println("keystone-agent " + build.version() + " (" + build.commit() + ")");
        call.out().println("Java " + java);
        return 0;
    }
}
