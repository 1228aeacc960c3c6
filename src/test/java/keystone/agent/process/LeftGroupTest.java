package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The stranger is the leader of a group of its own, as each job of a shell is.
final class LeftGroupTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Process stranger;

    @BeforeEach
    void begin() throws IOException {
        stranger = new ProcessBuilder("setsid", "sleep", "60").start();
        // It becomes a leader in its own time.
        assertThat(Patience.until(LIMIT, () -> Posix.groupExists(stranger.pid()))).isTrue();
    }

    @AfterEach
    void end() {
        stranger.destroyForcibly();
    }

    @Test
    void a_group_that_has_a_leader_is_not_what_an_ended_child_left() throws Exception {
        LeftGroup left = LeftGroup.of(stranger.pid());

        left.signal(Signal.KILL);

        assertThat(left.lives()).isFalse();
        assertThat(stranger.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void a_group_in_which_none_of_those_is_who_were_left_is_a_strangers() throws Exception {
        ProcessIdentity ended;
        try (OwnedProcess child = Command.of("sleep", "60").start()) {
            ended = ProcessIdentity.of(child.pid()).orElseThrow();
        }
        var left = new LeftGroup(stranger.pid(), List.of(ended));

        left.signal(Signal.KILL);

        assertThat(left.lives()).isFalse();
        assertThat(stranger.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void what_a_child_left_is_ended_also_long_after_it() throws Exception {
        ProcessIdentity left;
        try (OwnedProcess child =
                Command.of("sh", "-c", "sleep 60 </dev/null >/dev/null 2>&1 & echo $!").start()) {
            String pid = new String(child.output().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertThat(child.awaitExit(LIMIT)).hasValue(0);
            left = ProcessIdentity.of(Long.parseLong(pid)).orElseThrow();
        }

        assertThat(left.isAlive()).isFalse();
    }

    /// In a world of its own, where the next pid can be chosen.
    @Test
    void whoever_has_an_ended_childs_number_now_is_left_alone() throws Exception {
        assumeThat(Path.of("/proc/sys/kernel/ns_last_pid")).isWritable();
        var finished =
                Command.of(
                                "unshare",
                                "--pid",
                                "--mount-proc",
                                "--fork",
                                "--kill-child",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Recycled.class.getName())
                        .run(Duration.ofSeconds(60));
        assumeThat(finished.errors()).doesNotContain("unshare");

        assertThat(finished.output().strip()).as(finished.errors()).isEqualTo("spared");
    }

    /// Has a child end, gives its number to a stranger, and closes the child.
    static final class Recycled {
        private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");

        private Recycled() {}

        public static void main(String[] none) throws Exception {
            OwnedProcess child = Command.of("true").start();
            var _ = child.awaitExit(LIMIT);
            Process stranger = withPid(child.pid());
            child.close();
            boolean died = stranger.waitFor(500, TimeUnit.MILLISECONDS);
            System.out.println(died ? "killed" : "spared");
            stranger.destroyForcibly();
        }

        private static Process withPid(long wanted) throws Exception {
            while (true) {
                Files.writeString(LAST_PID, Long.toString(wanted - 1));
                Process process = new ProcessBuilder("setsid", "sleep", "60").start();
                if (process.pid() == wanted) {
                    boolean _ = Patience.until(LIMIT, () -> Posix.groupExists(wanted));
                    return process;
                }
                process.destroyForcibly().waitFor();
            }
        }
    }
}
