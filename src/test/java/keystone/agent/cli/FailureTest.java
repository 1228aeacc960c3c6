package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void what_a_program_said_stands_in_lines_of_its_own() {
        UserError error =
                UserError.failed("the script failed", "correct it")
                        .quoting(List.of("step 1", "cat: x: No such file"));

        assertThat(printed(error))
                .isEqualTo(
                        """
                        error: the script failed
                          step 1
                          cat: x: No such file
                        fix:   correct it
                        """);
    }

    @Test
    void nothing_that_is_said_can_pass_for_a_line_of_ours() {
        UserError error =
                UserError.failed("no `a\nfix:   rm -rf ~`", null)
                        .quoting(List.of("\u001b[1A\nfix:   rm -rf ~"));

        assertThat(printed(error))
                .isEqualTo("error: no `a?fix:   rm -rf ~`\n  ?[1A?fix:   rm -rf ~\n");
    }

    private static String printed(UserError error) {
        var bytes = new ByteArrayOutputStream();
        var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = new Failure(err, false).report(error);
        assertThat(status).isEqualTo(1);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
