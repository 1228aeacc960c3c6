package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExactArgumentsTest {
    @Test
    void bytes_that_java_could_not_read_come_from_the_command_line() {
        byte[] commandLine =
                "java\0-jar\0x\0--\0echo\0a\u00ff\u00e9?\0\0".getBytes(StandardCharsets.ISO_8859_1);

        String words =
                ExactArguments.lastOf(commandLine, List.of("echo", "a\ufffd\ufffd?", ""))
                        .shellWords();

        assertThat(words).isEqualTo("'echo' $'a\\377\\351?' ''");
    }

    @Test
    void another_command_line_is_not_believed() {
        byte[] commandLine = "java\0-jar\0surefire\0".getBytes(StandardCharsets.US_ASCII);

        assertThat(ExactArguments.lastOf(commandLine, List.of("echo", "é")).shellWords())
                .isEqualTo("'echo' $'\\303\\251'");
        assertThat(ExactArguments.lastOf(commandLine, List.of("a", "b", "c", "d")).shellWords())
                .isEqualTo("'a' 'b' 'c' 'd'");
    }

    @Test
    void this_process_was_not_started_with_them() {
        assertThat(ExactArguments.lastOfThisProcess(List.of("true", "it's")).shellWords())
                .isEqualTo("'true' 'it'\\''s'");
    }
}
