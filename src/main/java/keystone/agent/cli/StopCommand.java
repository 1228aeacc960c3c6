package keystone.agent.cli;

import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxState;
import keystone.agent.sandbox.Sandboxes.StopMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Lets the guest power off, ends what does not end by itself, and makes sure that nothing is",
            "left running."
        },
        footer = "keystone-agent stop blue")
final class StopCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--force", description = "Do not wait for the guest: end it at once.")
    boolean force;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        SandboxState before = call.use().sandboxes().status(sandbox).state();
        try (News news = call.news()) {
            // Also when it is stopped: there may be something left over.
            call.use().sandboxes().stop(sandbox, force ? StopMode.FORCE : StopMode.GRACEFUL, news);
        }
        boolean already = before instanceof SandboxState.Stopped;
        call.say(sandbox + (already ? " was already stopped" : " is stopped"));
        return 0;
    }
}
