package keystone.agent.cli;

import java.util.Optional;
import keystone.agent.sandbox.Returning;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Of a sandbox with a git directory of its own (`--git protected`): what the guest has",
            "committed on a branch since it and this host's went separate ways. Changes that are not",
            "committed are in the shared files: see `git diff`."
        },
        footer = {"keystone-agent diff --stat", "keystone-agent diff blue --branch feature/login"})
final class DiffCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--stat", description = "Only which files change, and how much.")
    boolean stat;

    @Option(
            names = "--branch",
            paramLabel = "BRANCH",
            description = "Look at this one instead of the one that is checked out.")
    @Nullable String branch;

    @Override
    public int run(Call call) throws InterruptedException {
        Returning.Form form = stat ? Returning.Form.STAT : Returning.Form.PATCH;
        call.out()
                .print(
                        call.use()
                                .returning()
                                .diff(call.sandbox(name), Optional.ofNullable(branch), form));
        return 0;
    }
}
