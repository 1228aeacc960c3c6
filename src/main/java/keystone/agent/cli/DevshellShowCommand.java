package keystone.agent.cli;

import java.nio.file.Path;
import keystone.agent.json.Json;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.Printable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Shows what the guests of a project get of its devshell: what it is evaluated from, whether",
            "that is approved, the variables, and how much of this host's store. Evaluates nothing."
        },
        footer = "keystone-agent devshell show")
final class DevshellShowCommand implements Action {
    @Parameters(
            arity = "0..1",
            paramLabel = "PROJECT",
            description = "The directory; the project around the current one if left out.")
    @Nullable String project;

    @Option(names = "--json", description = "Print a JSON object, with all variables.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        Path directory = ConfigApproveCommand.directory(call, project);
        return switch (call.use().devshells().look(directory)) {
            case DevshellStanding.Absent _ -> throw DevshellRefreshCommand.absent();
            case DevshellStanding.Unapproved(var inputs, var approved, var last) ->
                    show(
                            call,
                            inputs,
                            approved == null ? "not approved" : "changed since it was approved",
                            last);
            case DevshellStanding.Approved(var inputs, var captured) ->
                    show(
                            call,
                            inputs,
                            captured == null ? "approved, not evaluated yet" : "approved",
                            captured);
        };
    }

    private int show(Call call, DevshellInputs inputs, String state, @Nullable Devshell captured) {
        if (json) {
            call.print(json(inputs, state, captured));
            return 0;
        }
        line(call, "from", String.join(" ", inputs.files().keySet()));
        line(call, "state", state);
        if (captured != null) {
            line(
                    call,
                    "store",
                    "%d entries of %s".formatted(captured.closure().size(), captured.store()));
            line(call, "variables", String.join(" ", captured.variables().keySet()));
            line(call, "hook", captured.hook().isBlank() ? "none" : "run in the guest");
        }
        if (!state.equals("approved")) {
            call.say("fix: keystone-agent devshell refresh");
        }
        return 0;
    }

    private static void line(Call call, String title, String text) {
        call.out().println("%-10s %s".formatted(title, Printable.of(text)));
    }

    private static Json json(DevshellInputs inputs, String state, @Nullable Devshell captured) {
        Json.Obj json =
                Json.object()
                        .with("from", inputs.main())
                        .with("files", Json.array(inputs.files().keySet(), Json::string))
                        .with("state", state);
        if (captured == null) {
            return json;
        }
        Json.Obj variables = Json.object();
        captured.variables().forEach(variables::with);
        return json.with("store", captured.store().toString())
                .with("closure", Json.array(captured.closure(), Json::string))
                .with("variables", variables)
                .with("hook", captured.hook());
    }
}
