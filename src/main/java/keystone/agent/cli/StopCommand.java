package keystone.agent.cli;

import java.util.Optional;
import keystone.agent.model.SandboxName;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Returning;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Lets the guest power off, ends what does not end by itself, and makes sure that nothing is",
            "left running."
        },
        footer = {"keystone-agent stop blue", "keystone-agent stop --sync blue"})
final class StopCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--force", description = "Do not wait for the guest: end it at once.")
    boolean force;

    @Option(
            names = "--sync",
            description =
                    "Then bring its commits home, as `sync` does; the exit code is that of `sync`.")
    boolean sync;

    @Override
    public int run(Call call) throws InterruptedException {
        if (force && sync) {
            throw UserError.usage(
                    "with --force nothing is fetched first, so --sync may bring an old state home",
                    "leave one of them out");
        }
        SandboxName sandbox = call.sandbox(name);
        StopMode mode = force ? StopMode.FORCE : StopMode.GRACEFUL;
        boolean wasUp;
        try (News news = call.news()) {
            news.at("stopping " + sandbox);
            wasUp = call.use().sandboxes().stop(sandbox, mode, news);
        }
        call.say(sandbox + (wasUp ? " is stopped" : " was already stopped"));
        int status = sync ? bringHome(call, sandbox) : 0;
        if (wasUp || sync) {
            ReviewText.remind(call, sandbox);
        }
        return status;
    }

    /// What it had at its end: until then its guest can commit.
    private static int bringHome(Call call, SandboxName sandbox) throws InterruptedException {
        Returning.Result result =
                call.use().returning().sync(sandbox, Optional.empty(), Returning.Reach.MOVE);
        return SyncCommand.report(call, sandbox, result, "brought ");
    }
}
