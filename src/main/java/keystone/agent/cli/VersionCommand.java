package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.model.Printable;
import keystone.agent.model.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "The commit tells the exact sources; the second line the Java it runs on. Then come the"
                    + " program,",
            "and where it keeps its files: sandboxes, images, your settings, and sockets."
        },
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
                            .with("java", java)
                            .with("paths", paths(call.around().locations())));
            return 0;
        }
        call.out().println("keystone-agent " + program);
        call.out().println("Java " + java);
        paths(call.around().locations())
                .members()
                .forEach((what, path) -> call.out().println(what + " " + text(path)));
        return 0;
    }

    private static Json.Obj paths(Surroundings.Locations at) {
        return Json.object()
                .with("program", at.program().toString())
                .with("state", at.state().toString())
                .with("cache", at.cache().toString())
                .with("config", at.config().toString())
                .with("runtime", at.runtime().toString());
    }

    private static String text(Json path) {
        return Printable.of(path.asString("path"));
    }
}
