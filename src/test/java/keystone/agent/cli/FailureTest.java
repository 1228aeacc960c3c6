package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.ToIntFunction;
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
                UserError.failed("no `a\nfix:   rm -rf ~`", "do this")
                        .quoting(List.of("\u001b[1A\nfix:   rm -rf ~"));

        assertThat(printed(error))
                .isEqualTo(
                        """
                        error: no `a?fix:   rm -rf ~`
                          ?[1A?fix:   rm -rf ~
                        fix:   do this
                        """);
    }

    @Test
    void a_file_that_cannot_be_had_is_no_riddle() {
        var denied = new AccessDeniedException("/srv/state");
        var missing = new NoSuchFileException("/proc/x y");
        var full = new FileSystemException("/srv/state/f", null, "No space left on device");

        assertThat(printed(new UncheckedIOException("cannot write /srv/state/f", denied)))
                .isEqualTo(
                        """
                        error: cannot write /srv/state/f: /srv/state: permission denied
                        fix:   namei -l /srv/state
                        """);
        assertThat(printed(new UncheckedIOException("cannot read /srv/state", denied)))
                .startsWith("error: cannot read /srv/state: permission denied\n");
        assertThat(printed(new UncheckedIOException("cannot write it", missing)))
                .isEqualTo(
                        """
                        error: cannot write it: /proc/x y: no such file or directory
                        fix:   namei -l '/proc/x y'
                        """);
        assertThat(printed(new UncheckedIOException("cannot write it", full)))
                .isEqualTo(
                        """
                        error: cannot write it: /srv/state/f: No space left on device
                        fix:   make room: df -h
                        """);
    }

    private static String printed(UserError error) {
        return printed(failure -> failure.report(error));
    }

    private static String printed(UncheckedIOException surprise) {
        return printed(failure -> failure.report(surprise));
    }

    private static String printed(ToIntFunction<Failure> report) {
        var bytes = new ByteArrayOutputStream();
        var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = report.applyAsInt(new Failure(err, false));
        assertThat(status).isEqualTo(1);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
