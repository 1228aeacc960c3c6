package keystone.agent.cli;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Mounted;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Takes away what `mount` has shown, also while the guest is gone or somebody is in there."
        },
        footer = {"keystone-agent unmount", "keystone-agent unmount blue /worktrees"})
final class UnmountCommand implements Action {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DIR",
            description = "The guest's directory, or this host's; all of the sandbox if left out.")
    @Nullable String directory;

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        if (directory == null && name != null && name.contains("/")) {
            directory = name;
            name = null;
        }
        SandboxName sandbox = call.sandbox(name);
        List<Mounted> gone =
                call.use().editors().unmount(sandbox, directory, call.around().directory());
        if (gone.isEmpty() && directory != null) {
            throw UserError.notFound(
                    "nothing of `%s` is mounted at %s".formatted(sandbox, Printable.of(directory)),
                    "keystone-agent unmount " + sandbox);
        }
        if (json) {
            call.print(Json.array(gone, MountCommand::json));
        } else {
            gone.forEach(
                    each ->
                            call.say(
                                    "`%s` of %s is not at %s any more"
                                            .formatted(
                                                    Printable.of(each.guest()),
                                                    sandbox,
                                                    Printable.of(each.host().toString()))));
            if (gone.isEmpty()) {
                call.say("nothing of " + sandbox + " is mounted");
            }
        }
        return 0;
    }
}
