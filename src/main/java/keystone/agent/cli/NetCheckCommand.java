package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.model.NetCheck;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Says whether a sandbox may reach something, why, and what would change it. It is decided as",
            "for the guest, and nothing is connected to. The status is 0 when it may, else 1."
        },
        footer = {
            "keystone-agent net check https://example.org/",
            "keystone-agent net check github.com:22 --name blue"
        })
final class NetCheckCommand implements Action {
    @Parameters(index = "0", paramLabel = "URL", description = "A URL, or HOST, or HOST:PORT.")
    String url = "";

    @Option(names = "--name", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        NetCheck check = call.use().networks().check(sandbox, url);
        if (json) {
            call.print(
                    Json.object()
                            .with("verdict", check.outcome().word())
                            .with("why", check.why())
                            .with("fix", check.fix())
                            .with("to", Json.array(check.to(), Json::string)));
        } else {
            print(call, check);
        }
        return check.outcome() == NetCheck.Outcome.ALLOWED ? 0 : 1;
    }

    private static void print(Call call, NetCheck check) {
        call.out().println(check.outcome().word() + ": " + Printable.of(check.why()));
        if (!check.to().isEmpty()) {
            call.out().println("to:    " + Printable.of(String.join(", ", check.to())));
        }
        if (check.fix() != null) {
            call.out().println("fix:   " + Printable.of(check.fix()));
        }
    }
}
