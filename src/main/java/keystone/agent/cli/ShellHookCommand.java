package keystone.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
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
            "`keystone-agent shell-hook fish | source` takes it in. What it prints for starship belongs into",
            "starship.toml; what it prints for direnv, into a file of ~/.config/direnv/lib: then an .envrc",
            "can say `use keystone_agent`."
        },
        footer = "source <(keystone-agent shell-hook bash)")
final class ShellHookCommand implements Action {
    private static final Map<String, List<String>> FILES =
            Map.of(
                    "bash", List.of("prompt.bash", "hook.bash"),
                    "zsh", List.of("hook.zsh"),
                    "fish", List.of("hook.fish"),
                    "starship", List.of("starship.toml"),
                    "direnv", List.of("prompt.bash", "hook.direnv"));

    @Parameters(
            index = "0",
            paramLabel = "bash|zsh|fish|starship|direnv",
            description = "The shell, or what shows its prompt or enters directories in it.")
    @Nullable String shell;

    @Override
    public int run(Call call) {
        String wanted = String.valueOf(shell);
        List<String> files = FILES.get(wanted);
        if (files == null) {
            throw UserError.usage(
                    "there is no hook for `" + Printable.of(wanted) + "`",
                    "keystone-agent shell-hook "
                            + Nearest.of(wanted, new TreeSet<>(FILES.keySet())).orElse("bash"));
        }
        files.forEach(file -> call.out().print(script(file)));
        return 0;
    }

    private static String script(String file) {
        try (InputStream script =
                Objects.requireNonNull(
                        ShellHookCommand.class.getResourceAsStream("/shell/" + file))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
