package keystone.agent.cli;

import java.nio.file.Path;
import keystone.agent.json.Json;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.MountRequest;
import keystone.agent.sandbox.Mounted;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Shows a directory that only the guest has on this host, by sshfs: its worktrees, or the project",
            "of a clone. Links that lead out of it are not followed. `stop` and `destroy` take it away; after",
            "a restart it is there again."
        },
        footer = {
            "keystone-agent mount",
            "keystone-agent mount blue /home/sandbox --read-only --at ~/blue-home"
        })
final class MountCommand implements Action {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DIR",
            description =
                    "The guest's directory; its worktrees, or the project of a clone if left out.")
    @Nullable String directory;

    @Option(
            names = "--at",
            paramLabel = "PATH",
            description = "An empty directory of this host; one of our own if left out.")
    @Nullable String at;

    @Option(names = "--read-only", description = "Nothing can be changed through it.")
    boolean readOnly;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        if (directory == null && name != null && name.startsWith("/")) {
            directory = name;
            name = null;
        }
        SandboxName sandbox = call.sandbox(name);
        Path where = at == null ? null : call.around().directory().resolve(Path.of(at));
        Access access = readOnly ? Access.READ_ONLY : Access.READ_WRITE;
        Mounted mounted =
                call.use().editors().mount(sandbox, new MountRequest(directory, where, access));
        if (json) {
            call.print(json(mounted));
            return 0;
        }
        call.out().println(Printable.of(mounted.host().toString()));
        call.say(
                "`%s` of %s %s there"
                        .formatted(
                                Printable.of(mounted.guest()),
                                sandbox,
                                mounted.already() ? "was already" : "is"));
        return 0;
    }

    static Json json(Mounted mounted) {
        return Json.object()
                .with("sandbox", mounted.sandbox().value())
                .with("guest", mounted.guest())
                .with("host", mounted.host().toString());
    }
}
