package keystone.agent.cli;

import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Starts the sandbox, saying so on stderr, and becomes a pipe to its guest's sshd. ssh runs it",
            "for a sandbox that does not run: see `ssh-config`."
        },
        footer = "keystone-agent ssh-proxy blue")
final class SshProxyCommand implements Action {
    @Parameters(arity = "1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        StartIfStopped.start(call, sandbox);
        call.use().editors().connect(sandbox);
        return 0;
    }
}
