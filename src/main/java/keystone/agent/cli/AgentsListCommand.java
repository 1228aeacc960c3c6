package keystone.agent.cli;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Printable;
import keystone.agent.model.Settings;
import keystone.agent.sandbox.AgentEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Lists the agents that tasks can be given to: the built-in ones and those of agent.toml, with",
            "the version that the agents layer holds and the credential that was found on this host."
        },
        footer = "keystone-agent agents list --json")
final class AgentsListCommand implements Action {
    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        Settings settings = SettingsHere.of(call);
        AgentChoice choice = settings.agents();
        List<AgentEntry> agents =
                call.use().agents().list(choice, settings.secrets(), call.around().directory());
        if (json) {
            call.print(Json.array(agents, each -> json(each, choice)));
            return 0;
        }
        var table = new Table("AGENT", "VERSION", "FROM", "CREDENTIAL");
        for (AgentEntry each : agents) {
            String version = each.version();
            table.row(
                    each.spec().name() + (isChosen(each, choice) ? " *" : ""),
                    version == null ? "-" : version,
                    from(each.program()),
                    credential(each));
        }
        table.lines().forEach(call.out()::println);
        return 0;
    }

    private static boolean isChosen(AgentEntry entry, AgentChoice choice) {
        return entry.spec().name().equals(choice.name());
    }

    private static String from(AgentEntry.Program program) {
        return switch (program) {
            case BUILT_IN -> "built in";
            case LAYER -> "agents layer";
            case LAYER_TO_BUILD -> "agents layer, to be built";
            case GUEST -> "the guest";
        };
    }

    private static String credential(AgentEntry entry) {
        if (entry.credential() != null) {
            return Printable.of(entry.credential());
        }
        if (entry.problem() != null) {
            return "unreadable: keystone-agent tokens list";
        }
        return switch (entry.spec()) {
            case AgentSpec.Shell _ -> "needs none";
            case AgentSpec.Acp acp when acp.credentials().isEmpty() -> "not known";
            case AgentSpec.Acp acp ->
                    "none: keystone-agent tokens set " + Printable.of(acp.credentials().getFirst());
        };
    }

    private static Json json(AgentEntry entry, AgentChoice choice) {
        List<String> command =
                switch (entry.spec()) {
                    case AgentSpec.Shell _ -> List.of();
                    case AgentSpec.Acp acp -> acp.command();
                };
        return Json.object()
                .with("name", entry.spec().name().value())
                .with("chosen", isChosen(entry, choice))
                .with("version", entry.version())
                .with("from", from(entry.program()))
                .with("ready", entry.program() != AgentEntry.Program.LAYER_TO_BUILD)
                .with("command", Json.array(command, Json::string))
                .with("needsCredential", !entry.needsNone())
                .with("credential", entry.credential())
                .with("problem", entry.problem());
    }
}
