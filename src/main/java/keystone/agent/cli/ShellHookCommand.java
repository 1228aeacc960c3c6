package keystone.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Prints a script for your shell's start-up file that puts the name of the running sandbox of",
            "the project around you into the prompt. It starts no program, and no sandbox either. In fish",
            "`keystone-agent shell-hook fish | source` takes it in."
        },
        footer = "source <(keystone-agent shell-hook bash)")
final class ShellHookCommand implements Action {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
    @Nullable String shell;

    @Override
    public int run(Call call) {
        String wanted = String.valueOf(shell);
        if (!SHELLS.contains(wanted)) {
            throw UserError.usage(
                    "there is no hook for `" + Printable.of(wanted) + "`",
                    "keystone-agent shell-hook " + Nearest.of(wanted, SHELLS).orElse("bash"));
        }
        call.out().print(script(wanted));
        return 0;
    }

    static String script(String shell) {
        try (InputStream script =
                Objects.requireNonNull(
                        ShellHookCommand.class.getResourceAsStream("/shell/hook." + shell))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
