package keystone.agent.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Opens a login shell, or runs what follows `--`, by plain OpenSSH: this program is replaced",
            "by ssh, and the exit code is the guest's. `exec` is quicker for single commands."
        },
        footer = {"keystone-agent ssh blue", "keystone-agent ssh blue -- uname -a"})
final class SshCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Override
    public int run(Call call) throws InterruptedException {
        call.use().sessions().ssh(call.sandbox(name), call.passedOn());
        return 0;
    }
}
