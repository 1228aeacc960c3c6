package keystone.agent.cli;

import java.util.List;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Completes commands, flags and the names of sandboxes. For bash put the example into",
            "~/.bashrc; for zsh write the script to a file `_keystone-agent` in a directory of $fpath;",
            "for fish to ~/.config/fish/completions/keystone-agent.fish."
        },
        footer = "source <(keystone-agent completion bash)")
final class CompletionCommand implements Action {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
    @Nullable String shell;

    @Override
    public int run(Call call) {
        String wanted = String.valueOf(shell);
        String script =
                switch (wanted) {
                    case "bash" -> new BashCompletion().script();
                    case "zsh" -> new ZshCompletion().script();
                    case "fish" -> new FishCompletion().script();
                    default ->
                            throw UserError.usage(
                                    "there is no completion for `" + Printable.of(wanted) + "`",
                                    "keystone-agent completion "
                                            + Nearest.of(wanted, SHELLS).orElseThrow());
                };
        call.out().print(script);
        return 0;
    }
}
