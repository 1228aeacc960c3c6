package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SupervisorLogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final SupervisorLog log =
            new SupervisorLog(
                    new PrintStream(bytes, true, StandardCharsets.UTF_8),
                    Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_line_has_its_time_and_no_control_characters() {
        log.line("a\u001b[2Jb");

        assertThat(written()).isEqualTo("1970-01-01T00:00:00Z a?[2Jb\n");
    }

    @Test
    void whoever_makes_it_speak_for_ever_does_not_fill_the_disk() {
        for (int i = 0; i < 3000; i++) {
            log.line("x".repeat(100_000));
        }

        assertThat(written().length()).isLessThan(SupervisorLog.MOST_CHARACTERS + 100);
        assertThat(written()).endsWith(" in it\n");
        assertThat(written().lines().filter(line -> line.endsWith(" in it"))).hasSize(1);
    }
}
