package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Devshell;
import keystone.agent.model.Digest;
import keystone.agent.process.Command;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What sessions read, as real shells understand it.
final class GuestDevshellTest {
    private static final String HOSTILE = "it's \"$(touch /evil)\" `id` \\ \n*";

    private static String script(Map<String, String> variables) {
        return GuestDevshell.environment(
                new Devshell(
                        Digest.of("inputs"),
                        Path.of("/nix/store"),
                        Devshell.Extent.CLOSURE,
                        List.of(),
                        variables,
                        ""));
    }

    private static String said(String shell, String script, String question) throws Exception {
        Command.Finished finished =
                Command.of("env", "-i", "PATH=/usr/bin:/bin", shell, "-c", script + question)
                        .run(Duration.ofSeconds(10));
        assertThat(finished.ok()).as("%s", finished).isTrue();
        return finished.output();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash", "zsh"})
    void its_programs_come_first_and_once_however_often_it_is_read(String shell) throws Exception {
        String once = script(Map.of("PATH", "/nix/store/a b/bin:/nix/store/c/bin"));

        assertThat(said(shell, once + once, "echo \"$PATH\""))
                .isEqualTo("/nix/store/a b/bin:/nix/store/c/bin:/usr/bin:/bin\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash", "zsh"})
    void data_that_the_guest_has_by_default_stays(String shell) throws Exception {
        String script = script(Map.of("XDG_DATA_DIRS", "/nix/store/a/share"));

        assertThat(said(shell, script, "echo \"$XDG_DATA_DIRS\""))
                .isEqualTo("/nix/store/a/share:/usr/local/share:/usr/share\n");
        assertThat(said(shell, "XDG_DATA_DIRS=/mine\n" + script, "echo \"$XDG_DATA_DIRS\""))
                .isEqualTo("/nix/store/a/share:/mine\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash", "zsh"})
    void values_are_values_and_no_commands(String shell) throws Exception {
        String script =
                script(Map.of("VALUE", HOSTILE, "PATH", "/nix/store/x'\"$(touch /evil)/bin"));

        assertThat(said(shell, script, "printf '%s|%s' \"$VALUE\" \"$PATH\""))
                .isEqualTo(HOSTILE + "|/nix/store/x'\"$(touch /evil)/bin:/usr/bin:/bin");
        assertThat(Path.of("/evil")).doesNotExist();
    }
}
