package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import keystone.agent.it.Background;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// What `-e` gives a sandbox is where it was asked for, and nowhere else: in the guest's memory.
@ExtendWith(Installations.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecretsIT {
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Haystack SECRET = new Haystack("secret-" + random());
    private static final Path MEMORY = Path.of("/dev/shm");

    private static Installation home;
    private static Sandbox sandbox;

    private static String random() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /// Looks while QEMU is about to read the secret, when the most of it is around.
    @BeforeAll
    static void start() throws IOException, InterruptedException {
        home = Installation.create();
        Project project = home.project("secretive");
        try (Hold hold = Hold.at("start:machine");
                Background starting =
                        home.starting(project, "-e", "IT_TOKEN")
                                .with("IT_TOKEN", SECRET.needle())
                                .with(hold)
                                .start()) {
            hold.await(BOOT);
            assertNowhere(List.of(starting.pid() + " java"));
            for (Path file : SECRET.filesBelow(MEMORY)) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
            hold.release();
            starting.await(BOOT).succeeds();
        }
        sandbox = home.sandbox("secretive", project);
    }

    @AfterAll
    static void close() {
        home.close();
    }

    /// @param mayKnow the processes that were themselves given it
    private static void assertNowhere(List<String> mayKnow) throws IOException {
        assertThat(SECRET.argumentLists()).isEmpty();
        assertThat(SECRET.environments()).isSubsetOf(mayKnow);
        assertThat(SECRET.filesBelow(home.root())).isEmpty();
    }

    @Test
    @Order(1)
    void every_session_has_it() throws Exception {
        assertThat(sandbox.says("printenv", "IT_TOKEN")).isEqualTo(SECRET.needle());
        assertThat(sandbox.says("sudo", "grep", "-c", SECRET.needle(), "/run/keystone/env.sh"))
                .isEqualTo("1");
    }

    @Test
    @Order(2)
    void no_process_of_the_host_shows_it_and_no_file_holds_it_while_it_runs() throws Exception {
        assertNowhere(List.of());
        assertThat(SECRET.filesBelow(MEMORY)).isEmpty();
    }

    @Test
    @Order(3)
    void exec_shows_nobody_what_it_was_given() throws Exception {
        var other = new Haystack("other-" + random());
        try (Background running =
                sandbox.keystone("exec", "-e", "IT_OTHER", "--", "sh", "-c", "echo $IT_OTHER; cat")
                        .with("IT_OTHER", other.needle())
                        .start()) {
            Wait.until(
                    "the command runs",
                    Duration.ofSeconds(30),
                    () -> running.outputSoFar().equals(other.needle() + "\n"));

            assertThat(other.argumentLists()).isEmpty();
            // Its own, and that of the ssh which takes it to the guest.
            assertThat(other.environments()).allMatch(who -> who.matches("\\d+ (java|ssh)"));
            assertThat(other.filesBelow(home.root())).isEmpty();
        }
    }

    @Test
    @Order(4)
    void a_value_in_a_flag_is_in_that_command_only() throws Exception {
        var typed = new Haystack("typed-" + random());
        try (Background running =
                sandbox.keystone(
                                "exec",
                                "-e",
                                "IT_TYPED=" + typed.needle(),
                                "--",
                                "sh",
                                "-c",
                                "echo ready; cat")
                        .start()) {
            Wait.until(
                    "the command runs",
                    Duration.ofSeconds(30),
                    () -> running.outputSoFar().equals("ready\n"));

            assertThat(typed.argumentLists()).containsExactly(running.pid() + " java");
        }
    }

    @Test
    @Order(5)
    void neither_the_disk_nor_a_log_has_it_after_a_stop() throws Exception {
        var control = new Haystack("control-" + random());
        sandbox.says("sh", "-c", "echo " + control.needle() + " >~/control; sync");
        sandbox.keystone("stop").run().succeeds();

        assertThat(control.filesBelow(home.state())).containsExactly(sandbox.dir().disk());
        assertNowhere(List.of());
        assertThat(SECRET.filesBelow(MEMORY)).isEmpty();
    }

    @Test
    @Order(6)
    void a_later_start_without_it_does_not_have_it() throws Exception {
        sandbox.starting().run().succeeds();

        assertThat(sandbox.executing("printenv", "IT_TOKEN").run().status()).isEqualTo(1);
    }
}
