package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// A guest whose root lies, floods and paints the screen: what we print stays ours, what it fills
/// stays small, and who it claims to be is not believed.
///
/// Its own boot scripts are on its disk, so it lies from the first line of a boot on.
@ExtendWith(Installations.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuestLiesIT {
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Duration FLOOD = Duration.ofMinutes(2);
    private static final long MOST_CONSOLE = (2L << 20) + 4096;

    /// A window title, a cleared screen, and C1 control characters.
    private static final String PAINT =
            "\\033]0;pwned\\007\\033[2J\\033[31mevil\\302\\233\\302\\220";

    private static Installation home;
    private static Sandbox sandbox;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        home = Installation.create();
        Project project = home.project("liar");
        project.write("odd \u001b[31mname\u001b]0;title\u0007", "x\n");
        sandbox = home.start(project);
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @Test
    @Order(1)
    void control_characters_on_the_console_reach_no_terminal() throws Exception {
        asRoot(
                """
                printf '%s\\n' >/dev/console
                printf 'keystone: failed %s\\nkeystone: step %s\\n' >/dev/console
                hostname "$(printf 'x%s')"
                """
                        .formatted(PAINT, PAINT, PAINT, PAINT));

        Ended console = sandbox.keystone("logs").run().succeeds();

        assertThat(console.output()).contains("evil");
        assertHarmless(console);
        for (List<String> report :
                List.of(
                        List.of("list"),
                        List.of("list", "--json"),
                        List.of("status", sandbox.name()),
                        List.of("status", "--json", sandbox.name()),
                        List.of("logs", sandbox.name(), "--source", "supervisor"))) {
            assertHarmless(home.keystone(report.toArray(String[]::new)).run().succeeds());
        }
        assertThat(sandbox.state()).isEqualTo("running");
    }

    @Test
    @Order(2)
    void names_with_control_characters_are_printed_without_them() throws Exception {
        Path odd = home.projects().resolve("odd \u001b]0;x\u0007\u009b31m dir");

        Ended refused = home.keystone("start", "-d", odd.toString()).run();
        Ended unknown = home.keystone("status", "\u001b[2Jx").run();

        assertThat(refused.status()).isEqualTo(2);
        assertHarmless(refused);
        assertHarmless(unknown);
        assertThat(sandbox.says("ls")).contains("name");
    }

    @Test
    @Order(3)
    void a_console_flood_is_bounded_and_leaves_the_sandbox_usable() throws Exception {
        asRoot("timeout 20 sh -c 'yes \"$(printf flood%s)\" >/dev/console'".formatted(PAINT));

        for (String log : List.of("console.log", "console.log.1")) {
            Path file = sandbox.dir().path().resolve(log);
            if (Files.exists(file)) {
                assertThat(Files.size(file)).as(log).isLessThan(MOST_CONSOLE);
            }
        }
        assertThat(sandbox.says("echo", "still here")).isEqualTo("still here");
    }

    @Test
    @Order(4)
    void a_guest_of_another_build_is_named_and_not_used() throws Exception {
        asRoot("printf 'other%s' >/etc/sandbox-build-id".formatted(PAINT));

        Ended refused = sandbox.keystone("restart").within(BOOT).run();

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors())
                .contains("belongs to another sandbox or an older disk")
                .contains("--fresh");
        assertHarmless(refused);
        assertThat(sandbox.processes()).isEmpty();
    }

    @Test
    @Order(5)
    void a_fresh_start_discards_the_liar() throws Exception {
        sandbox.starting("--fresh").run().succeeds();

        assertThat(sandbox.says("cat", "/etc/sandbox-build-id"))
                .isEqualTo(sandbox.dir().spec().buildId().value());
    }

    @Test
    @Order(6)
    void a_guest_with_another_host_key_is_refused() throws Exception {
        plant(
                """
                rm ssh_host_ed25519_key*
                ssh-keygen -q -t ed25519 -N '' -f /run/keystone/ssh_host_ed25519_key
                """);

        Ended refused = sandbox.keystone("restart").within(BOOT).run();

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors()).contains("host key is not that of the sandbox");
        assertThat(sandbox.processes()).isEmpty();
    }

    @Test
    @Order(7)
    @Tag("full")
    @Tag("full-security")
    void a_guest_that_floods_its_steps_and_fails_is_reported_in_one_clean_line() throws Exception {
        sandbox.starting("--fresh").run().succeeds();
        plant(
                """
                yes "keystone: step $(printf '%s')" | head -n 20000 >/dev/console
                say failed "$(printf '%s'; head -c 100000 /dev/zero | tr '\\0' x)"
                poweroff -f
                """
                        .formatted(PAINT, PAINT));

        Ended refused = sandbox.keystone("restart").within(BOOT).run();

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors()).contains("evil").hasSizeLessThan(20_000);
        assertThat(refused.errors().lines()).hasSizeLessThan(100);
        assertHarmless(refused);
        assertThat(sandbox.processes()).isEmpty();
    }

    @Test
    @Order(8)
    @Tag("full")
    @Tag("full-security")
    void a_guest_that_answers_garbage_to_who_it_is_is_refused() throws Exception {
        sandbox.starting("--fresh").run().succeeds();
        sandbox.executing("sudo", "sh", "-c", "cat >/etc/profile.d/keystone.sh; sync")
                .reading(
                        """
                        head -c 20000000 /dev/urandom
                        printf '\\nkeystone-identity %s x\\n'
                        echo() { :; }
                        """
                                .formatted(PAINT))
                .run()
                .succeeds();

        Ended refused = sandbox.keystone("restart").within(BOOT).run();

        assertThat(refused.status()).isNotZero();
        assertHarmless(refused);
        assertThat(refused.errors()).hasSizeLessThan(20_000);
        assertThat(sandbox.processes()).isEmpty();
    }

    /// Runs a script as root of the guest.
    private static void asRoot(String script) throws InterruptedException {
        sandbox.executing("sudo", "bash", "-c", script).within(FLOOD).run();
    }

    /// Lets every later boot run this, just before sshd starts.
    private static void plant(String script) throws InterruptedException {
        sandbox.executing("sudo", "sh", "-c", "cat >>/etc/keystone/boot; sync")
                .reading(script)
                .run()
                .succeeds();
    }

    private static void assertHarmless(Ended ended) {
        for (String printed : List.of(ended.output(), ended.errors())) {
            assertThat(printed.codePoints().filter(GuestLiesIT::isControl).toArray())
                    .as(ended.toString().replaceAll("\\p{Cntrl}", "?"))
                    .isEmpty();
        }
    }

    private static boolean isControl(int codePoint) {
        return codePoint != '\n' && Character.getType(codePoint) == Character.CONTROL;
    }
}
