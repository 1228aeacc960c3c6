package keystone.agent.cli;

import keystone.agent.model.SandboxName;
import keystone.agent.model.StopMode;
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
        StopMode mode = force ? StopMode.FORCE : StopMode.GRACEFUL;
        boolean wasUp;
        try (News news = call.news()) {
            news.at("stopping " + sandbox, -1);
            wasUp = call.use().sandboxes().stop(sandbox, mode, news);
        }
        call.say(sandbox + (wasUp ? " is stopped" : " was already stopped"));
        if (wasUp) {
            ReviewText.remind(call, sandbox);
        }
        return 0;
    }
}
