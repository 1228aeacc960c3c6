package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
    private static final Duration SOON = Duration.ofMillis(50);

    @TempDir Path temporary;
    private final List<String> steps = new ArrayList<>();
    private final Setback setback = new Setback();
    private Path file;
    private Console console;

    @BeforeEach
    void open() {
        file = temporary.resolve("console.log");
        console =
                new Console(
                        new SandboxName("blue"), "n1", ConsoleLog.begin(file), steps::add, setback);
    }

    private boolean awaitReady() throws InterruptedException {
        console.awaitReady(Duration.ofMinutes(1));
        return true;
    }

    @Test
    void the_guest_is_ready_when_it_says_so_with_this_boots_nonce() {
        console.line("keystone: ready n1\r");

        assertThatCode(() -> console.awaitReady(SOON)).doesNotThrowAnyException();
    }

    @Test
    void another_nonce_is_not_believed() {
        console.line("keystone: ready n2");
        console.line("keystone: ready n1n1");

        assertThatThrownBy(() -> console.awaitReady(SOON))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.kind()).isEqualTo(UserError.Kind.TIMED_OUT));
    }

    @Test
    void a_line_of_the_kernel_before_ours_does_not_hide_it() {
        console.line("[    1.2] random: crng initkeystone: ready n1");

        assertThatCode(() -> console.awaitReady(SOON)).doesNotThrowAnyException();
    }

    @Test
    void a_failed_guest_is_reported_with_its_reason_made_printable() {
        console.line("keystone: failed no \u001b[2Jdisk");

        assertThatThrownBy(() -> setback.run(this::awaitReady))
                .hasMessage("the guest could not start: no ?[2Jdisk");
    }

    @Test
    void steps_are_passed_on_until_the_guest_is_ready() {
        console.line("keystone: step disk");
        console.line("keystone: ready n1");
        console.line("keystone: step late");

        assertThat(steps).containsExactly("disk");
    }

    @Test
    void a_guest_that_prints_for_ever_does_not_fill_the_disk() throws Exception {
        String line = "x".repeat(4000);
        for (int i = 0; i < 3000; i++) {
            console.line(line);
        }

        Path older = temporary.resolve("console.log.1");
        assertThat(Files.size(file)).isLessThanOrEqualTo(ConsoleLog.LARGEST);
        assertThat(Files.size(older)).isLessThanOrEqualTo(ConsoleLog.LARGEST);
        assertThat(temporary).isDirectoryContaining(file::equals);
        try (var files = Files.list(temporary)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void the_log_of_the_last_run_is_kept() throws Exception {
        console.line("first run");

        ConsoleLog.begin(file).close();

        assertThat(temporary.resolve("console.log.1")).content().isEqualTo("first run\n");
        assertThat(file).isEmptyFile();
    }
}
