package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvironmentScriptTest {
    private static final Map<String, String> ODD =
            Map.of(
                    "EMPTY", "",
                    "LINES", "a\nb\n\n",
                    "QUOTES", "'\"`$(id)$HOME\\",
                    "TEXT", "é 日本 🦊",
                    "_x9", "-n");

    @TempDir Path directory;

    @Test
    void any_value_survives_a_file_that_any_shell_sources() throws Exception {
        Path file = directory.resolve("env.sh");
        Files.writeString(file, EnvironmentScript.forFile(ODD));

        for (String shell : new String[] {"sh", "bash"}) {
            ODD.forEach(
                    (name, value) ->
                            assertThat(valueIn(shell, ". '" + file + "'", name, Map.of()))
                                    .isEqualTo(value));
        }
    }

    @Test
    void any_value_survives_an_eval_of_plain_ascii() {
        String script = EnvironmentScript.forEval(ODD);

        assertThat(script.chars()).allMatch(c -> c < 0x80);
        ODD.forEach(
                (name, value) ->
                        assertThat(
                                        valueIn(
                                                "bash",
                                                "eval \"$SCRIPT\"",
                                                name,
                                                Map.of("SCRIPT", script)))
                                .isEqualTo(value));
    }

    private static String valueIn(
            String shell, String preparation, String name, Map<String, String> environment) {
        Command command = Command.of(shell, "-c", preparation + "; exec printenv -0 " + name);
        for (var each : environment.entrySet()) {
            command = command.withEnvironment(each.getKey(), each.getValue());
        }
        try (OwnedProcess process = command.start()) {
            String value = new String(process.output().readAllBytes(), StandardCharsets.UTF_8);
            return value.substring(0, value.length() - 1);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1A", "A-B", "A B", "A=B", "é", "A\nB", "A;id", "UID", "SHELLOPTS"})
    void a_name_that_no_shell_takes_is_refused(String name) {
        assertThatThrownBy(() -> EnvironmentScript.forFile(Map.of(name, "x")))
                .isInstanceOf(UserError.class);
    }

    @Test
    void a_value_with_a_nul_byte_is_refused_without_showing_it() {
        assertThatThrownBy(() -> EnvironmentScript.forFile(Map.of("TOKEN", "secret\0")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("TOKEN")
                .hasMessageNotContaining("secret");
    }
}
