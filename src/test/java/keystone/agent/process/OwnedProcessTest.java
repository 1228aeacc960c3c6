package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OwnedProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Known from those of whoever runs the same tests on this host.
    private static final String LONG_SLEEP = "sleep 9" + ProcessHandle.current().pid() + "s";

    @Test
    void a_command_keeps_its_arguments_exactly() throws Exception {
        var finished =
                Command.of("printf", "%s|", "a b", "", "c'd\"e", "line\nline", "名", "$HOME", "*")
                        .run(LIMIT);

        assertThat(finished.output()).isEqualTo("a b||c'd\"e|line\nline|名|$HOME|*|");
    }

    @Test
    @Timeout(10)
    void whatever_keeps_a_command_from_starting_is_told() {
        Command impossible = Command.of("true").withEnvironment("a=b", "c");

        assertThatThrownBy(impossible::start).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void output_errors_status_and_input_are_kept_apart() throws Exception {
        var finished =
                Command.of("sh", "-c", "cat; echo wrong >&2; exit 3")
                        .run(LIMIT, "right".getBytes(StandardCharsets.UTF_8));

        assertThat(finished.output()).isEqualTo("right");
        assertThat(finished.errors()).isEqualTo("wrong\n");
        assertThat(finished.status()).isEqualTo(3);
    }

    @Test
    void output_without_end_does_not_fill_our_memory() throws Exception {
        var finished = Command.of("head", "-c", "20000000", "/dev/zero").run(LIMIT);

        assertThat(finished.ok()).isTrue();
        assertThat(finished.output()).hasSize(4 << 20);
    }

    @Test
    void of_what_may_be_hostile_less_is_kept() throws Exception {
        var finished =
                Command.of("sh", "-c", "head -c 200000 /dev/zero; head -c 200000 /dev/zero >&2")
                        .runKeeping(1000, LIMIT);

        assertThat(finished.ok()).isTrue();
        assertThat(finished.output()).hasSize(1000);
        assertThat(finished.errors()).hasSize(1000);
    }

    @Test
    void of_its_errors_no_more_than_a_person_reads_is_kept() throws Exception {
        var finished =
                Command.of("sh", "-c", "cat; head -c 200000 /dev/zero >&2")
                        .runKeeping(1 << 20, LIMIT, new byte[200_000]);

        assertThat(finished.output()).hasSize(200_000);
        assertThat(finished.errors()).hasSize(64 << 10);
    }

    @Test
    void a_command_that_takes_too_long_is_killed_with_what_it_started() {
        assertThatThrownBy(
                        () ->
                                Command.of("sh", "-c", LONG_SLEEP + " & " + LONG_SLEEP)
                                        .run(Duration.ofMillis(200)))
                .isInstanceOf(Command.TookTooLong.class);

        assertThat(ProcessHandle.allProcesses().filter(OwnedProcessTest::sleepsLong)).isEmpty();
    }

    @Test
    void waiting_for_silent_children_holds_up_no_virtual_thread() throws Exception {
        int many = 2 * Runtime.getRuntime().availableProcessors();
        var virtualThreadRan = new CountDownLatch(1);
        try (var executor = Executors.newFixedThreadPool(many)) {
            for (int i = 0; i < many; i++) {
                var _ = executor.submit(() -> Command.of("sleep", "1000").run(LIMIT.plus(LIMIT)));
            }
            Patience.until(LIMIT, () -> ProcessHandle.current().children().count() >= many);

            Thread.startVirtualThread(virtualThreadRan::countDown);

            boolean ran = virtualThreadRan.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            // An interrupt ends them with their children.
            executor.shutdownNow();
            assertThat(ran).isTrue();
        }
    }

    private static boolean sleepsLong(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains(LONG_SLEEP);
    }

    @Test
    void a_missing_program_is_named() {
        assertThatThrownBy(() -> Command.of("no-such-program").start())
                .isInstanceOf(Command.ProgramMissing.class)
                .hasMessageContaining("no-such-program");
    }

    @Test
    void a_command_line_that_is_too_long_is_not_called_a_missing_program() {
        var command = Command.of("true", "x".repeat(1 << 20), "x".repeat(1 << 20));

        assertThatThrownBy(command::start)
                .isInstanceOf(UserError.class)
                .hasMessage("`true` could not be started: Argument list too long");
    }

    @Test
    void no_program_on_the_way_is_looked_up_in_the_current_directory() throws Exception {
        ProcessBuilder builder =
                OwnedProcess.builder(Command.of("true"), OwnedProcess.Streams.PIPES);

        assertThat(builder.command())
                .filteredOn(word -> word.matches(".*(setsid|setpriv|true)"))
                .hasSize(3)
                .allMatch(program -> program.startsWith("/"));
    }

    @Test
    void a_child_that_ignores_term_and_its_orphans_are_killed() throws Exception {
        OwnedProcess process =
                Command.of("sh", "-c", "trap '' TERM; (sleep 986 & echo $!); read never").start();
        long orphan = Long.parseLong(line(process));

        process.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(ProcessIdentity.of(orphan)).isEmpty();
    }

    private static String line(OwnedProcess process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.output(), StandardCharsets.UTF_8))
                .readLine();
    }

    @Test
    void a_child_leads_its_own_session_so_the_terminals_interrupt_passes_it_by() throws Exception {
        try (OwnedProcess process = Command.of("sh", "-c", "ps -o sid= -p $$; read x").start()) {
            assertThat(Long.parseLong(line(process).strip())).isEqualTo(process.pid());
        }
    }

    @Test
    void a_child_dies_with_a_process_that_is_killed() throws Exception {
        String java = ProcessHandle.current().info().command().orElseThrow();
        try (OwnedProcess owner =
                Command.of(
                                java,
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ChildOwner.class.getName())
                        .start()) {
            ProcessIdentity child =
                    ProcessIdentity.of(Long.parseLong(line(owner).strip())).orElseThrow();
            assertThat(child.isAlive()).isTrue();

            Posix.signal(ProcessIdentity.of(owner.pid()).orElseThrow(), Signal.KILL);
            var gone = ProcessHandle.of(child.pid()).map(ProcessHandle::onExit);
            if (gone.isPresent()) {
                gone.get().get(10, TimeUnit.SECONDS);
            }

            assertThat(child.isAlive()).isFalse();
        }
    }

    /// A process of its own that owns a child, says its pid, and waits to be killed.
    static final class ChildOwner {
        public static void main(String[] arguments) throws Exception {
            OwnedProcess child = Command.of("sleep", "985").start();
            System.out.println(child.pid());
            child.awaitExit(Duration.ofMinutes(1));
        }
    }
}
