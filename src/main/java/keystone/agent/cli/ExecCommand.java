package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.ExecRequest;
import keystone.agent.sandbox.ExecRequest.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Passes input, output and errors on, each on its own and byte for byte, and leaves with the",
            "guest's exit code. The words after `--` reach the guest exactly as they are: no shell reads",
            "them. Ctrl-C interrupts the command in the guest."
        },
        footer = {
            "keystone-agent exec -- make test",
            "keystone-agent exec blue -w /workspace/web -e CI=1 -- npm test"
        })
final class ExecCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "DIR",
            description =
                    "The directory in the guest; the one that you are in if left out, or /workspace.")
    @Nullable String directory;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME[=VALUE]",
            description =
                    "A variable for the command; NAME alone passes on its value from here."
                            + " May be repeated.")
    final List<String> variables = new ArrayList<>();

    @Option(
            names = "--deliver",
            paramLabel = "SECRET",
            description =
                    "Give the command the value of a secret itself, as a variable of its name."
                            + " May be repeated.")
    final List<String> delivered = new ArrayList<>();

    @Option(
            names = {"-t", "--tty"},
            description = "Give the command a terminal.")
    boolean terminal;

    @Option(
            names = {"-i", "--interactive"},
            description = "Accepted and ignored: input is always passed on.")
    boolean interactive;

    @Override
    public int run(Call call) throws InterruptedException {
        if (call.passedOn().isEmpty()) {
            throw UserError.usage(
                    "`exec` needs a command after `--`", "keystone-agent exec [NAME] -- COMMAND");
        }
        SandboxName sandbox = call.sandbox(name);
        var request =
                new ExecRequest(
                        call.passedOn(),
                        directory == null ? around(call, sandbox) : directory,
                        variables.isEmpty() ? Map.of() : call.configuration().variables(variables),
                        delivered.stream().map(SecretName::new).toList(),
                        terminal ? Terminal.ALLOCATED : Terminal.NONE);
        return call.use().sessions().exec(sandbox, request);
    }

    /// Where in the workspace the person is; null outside of the project, and in its top.
    private static @Nullable String around(Call call, SandboxName sandbox) {
        Path project = call.use().sandboxes().projectOf(sandbox);
        Path here = call.around().directory();
        return here.startsWith(project) && !here.equals(project)
                ? project.relativize(here).toString()
                : null;
    }
}
