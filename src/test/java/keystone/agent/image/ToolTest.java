package keystone.agent.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;

class ToolTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void lines_of_both_outputs_are_heard() throws Exception {
        var heard = new ArrayList<String>();

        Tool.of(sh("echo out; echo err >&2; printf '10%%\\r20%%\\rend'"), LIMIT)
                .onLine(heard::add)
                .run();

        assertThat(heard).containsExactlyInAnyOrder("out", "err", "10%", "20%", "end");
    }

    @Test
    void a_failure_carries_the_end_of_what_was_said() {
        assertThatThrownBy(() -> Tool.of(sh("seq 100; echo E: broken >&2; exit 7"), LIMIT).run())
                .isInstanceOfSatisfying(
                        ToolFailed.class,
                        failed -> {
                            assertThat(failed.lastLines())
                                    .hasSizeLessThanOrEqualTo(40)
                                    .contains("100");
                            assertThat(failed.lastError()).isEqualTo("E: broken");
                            assertThat(failed).hasMessageContaining("status 7");
                        });
    }

    @Test
    void much_output_does_not_push_out_what_is_wrong() {
        assertThatThrownBy(() -> Tool.of(sh("echo broken >&2; seq 1000; exit 7"), LIMIT).run())
                .isInstanceOfSatisfying(
                        ToolFailed.class,
                        failed -> assertThat(failed.lastError()).isEqualTo("broken"));
    }

    @Test
    void a_program_that_does_not_end_is_ended_and_fails() {
        assertThatThrownBy(() -> Tool.of(Command.of("sleep", "1000"), Duration.ofMillis(200)).run())
                .isInstanceOfSatisfying(
                        ToolFailed.class,
                        failed -> assertThat(failed.lastError()).contains("did not end"));
    }

    @Test
    void input_and_output_pass_through() throws Exception {
        var out = new ByteArrayOutputStream();

        Tool.of(Command.of("tr", "a-z", "A-Z"), LIMIT)
                .from(stream -> stream.write("through".getBytes(UTF_8)))
                .to(stream -> stream.transferTo(out))
                .run();

        assertThat(out.toString(UTF_8)).isEqualTo("THROUGH");
    }

    @Test
    void a_reader_that_stops_early_does_not_hold_the_program_up() throws Exception {
        Tool.of(Command.of("head", "-c", "1000000", "/dev/zero"), LIMIT)
                .to(stream -> assertThat(stream.read()).isZero())
                .run();
    }

    @Test
    void a_writer_that_fails_fails_the_run_even_when_the_program_is_content() {
        assertThatThrownBy(
                        () ->
                                Tool.of(Command.of("cat"), LIMIT)
                                        .from(
                                                _ -> {
                                                    throw new IOException("the guest is gone");
                                                })
                                        .run())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the guest is gone");
    }

    @Test
    void an_endless_line_is_cut() throws Exception {
        List<String> heard = new ArrayList<>();

        Tool.of(sh("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo next"), LIMIT)
                .onLine(heard::add)
                .run();

        assertThat(heard).hasSize(2).last().isEqualTo("next");
        assertThat(heard.getFirst()).hasSize(4096);
    }

    private static Command sh(String script) {
        return Command.of("sh", "-c", script);
    }
}
