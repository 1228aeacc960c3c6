package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.model.EgressMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every attack of [ExitAttacks], by root in the guest, in those modes: what it reached, whether
/// the supervisor still answers and is no larger, and whether the exit serves afterwards. The
/// documentation's table says what is expected; what was seen is in `target/exit-attacks.log`.
@ExtendWith(Installations.class)
final class EgressAttackIT {
    private static final Path PAGE = Path.of("docs/security.md");
    private static final Path LOG = Path.of("target/exit-attacks.log");
    private static final String PROPERTY = "attacks";

    /// Only attacks of which this pattern is found in `MODE: STEP`, for whoever works on them.
    private static final Predicate<String> ONLY =
            Pattern.compile(System.getProperty("attack", "")).asPredicate();

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /// What a supervisor may grow by, for what it was made to do and not given back yet.
    private static final long MOST_MORE_KIB = 200 << 10;

    private static final List<String> SEEN = new ArrayList<>();

    @TestFactory
    Stream<DynamicTest> what_is_most_dangerous_in_the_usual_mode(Installation home) {
        return attacks(home, EgressMode.BALANCED, ExitAttacks.ALWAYS::contains);
    }

    @TestFactory
    @Tag("full")
    @Tag("full-attacks")
    Stream<DynamicContainer> everything_in_each_mode(Installation home) {
        return ExitAttacks.MODES.stream()
                .map(
                        mode ->
                                DynamicContainer.dynamicContainer(
                                        mode.word(), attacks(home, mode, _ -> true)));
    }

    @Test
    void the_documentation_has_what_each_attack_is_held_to() throws IOException {
        String page = Files.readString(PAGE);
        String expected = ExitAttackTable.writtenInto(page);
        if ("write".equals(System.getProperty(PROPERTY))) {
            Files.writeString(PAGE, expected);
            return;
        }

        assertThat(page)
                .as("%s; after a look, run this test with -D%s=write", PAGE, PROPERTY)
                .isEqualTo(expected);
    }

    private static Stream<DynamicTest> attacks(
            Installation home, EgressMode mode, Predicate<String> chosen) {
        var turn = new Turn(home, mode);
        return ExitAttacks.ALL.stream()
                .filter(each -> chosen.test(each.step()))
                .filter(each -> ONLY.test(mode.word() + ": " + each.step()))
                .map(each -> DynamicTest.dynamicTest(each.title(), () -> turn.takes(each)))
                .onClose(turn::close);
    }

    /// One sandbox, which is there from its first attack on.
    private static final class Turn {
        private final Installation home;
        private final EgressMode mode;
        private @Nullable Lure lure;
        private @Nullable Sandbox sandbox;
        private boolean tried;

        Turn(Installation home, EgressMode mode) {
            this.home = home;
            this.mode = mode;
        }

        void takes(ExitAttack attack) throws Exception {
            Sandbox here = sandbox();
            Lure there = Objects.requireNonNull(lure);
            int before = there.reached().size();
            long memory = residentKib(here.supervisorPid());
            long begun = System.nanoTime();

            Ended ended = suffer(attack, here, there);

            List<String> reached = there.reached();
            List<String> now = reached.subList(before, reached.size());
            long millis = (System.nanoTime() - begun) / 1_000_000;
            SEEN.add(
                    "%s: %s: %s in %d ms; guest: %s"
                            .formatted(
                                    mode.word(),
                                    attack.step(),
                                    now,
                                    millis,
                                    ended.text().replace('\n', ' ')));
            Files.write(LOG, SEEN);
            assertThat(now.isEmpty())
                    .as("it is blocked: %s%nguest: %s", now, ended)
                    .isEqualTo(attack.word(mode).equals("blocked"));
            assertThat(residentKib(here.supervisorPid())).isLessThan(memory + MOST_MORE_KIB);
            servesAgain(here);
        }

        /// Meanwhile the supervisor answers.
        private Ended suffer(ExitAttack attack, Sandbox here, Lure there)
                throws IOException, InterruptedException {
            try (Background running =
                    here.executing(
                                    "sudo",
                                    "python3",
                                    "-I",
                                    "-",
                                    attack.step(),
                                    "tcp=" + there.tcp(),
                                    "udp=" + there.udp(),
                                    "lan=" + Lure.lan(),
                                    "exit=" + (mode == EgressMode.NONE ? "no" : "yes"),
                                    "own=" + here.status().object("ssh").number("port"))
                            .start()) {
                try (OutputStream input = running.input()) {
                    input.write(program());
                }
                assertThat(here.state()).isEqualTo("running");
                return running.await(LIMIT).succeeds();
            }
        }

        private void servesAgain(Sandbox here) throws InterruptedException {
            assertThat(here.state()).isEqualTo("running");
            if (mode == EgressMode.NONE) {
                return;
            }
            Wait.until("the exit serves", AGAIN, () -> isGood(here, "curl"));
            Wait.until(
                    "so it does without a proxy", AGAIN, () -> isGood(here, "env", "-i", "curl"));
        }

        private static boolean isGood(Sandbox here, String... command) {
            var all = new ArrayList<>(List.of(command));
            all.addAll(List.of("-sS", "-m", "10", "http://codeberg.org/good"));
            try {
                return here.executing(all.toArray(String[]::new)).run().text().contains("codeberg");
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }

        /// Tried once: what cannot be started for one attack cannot be for the next.
        private Sandbox sandbox() throws IOException, InterruptedException {
            Sandbox here = sandbox;
            if (here == null) {
                assertThat(tried).as("there is a sandbox").isFalse();
                tried = true;
                here = started();
                sandbox = here;
            }
            return here;
        }

        private Sandbox started() throws IOException, InterruptedException {
            var bait = new Lure();
            lure = bait;
            String name = mode.word();
            Project project = home.project(name);
            Path trusted = bait.world().withTls().bundle(home.root().resolve(name + ".pem"));
            Ended _ =
                    home.starting(project, "--name", name, "--net", name)
                            .with("http_proxy", bait.world().proxy())
                            .with("https_proxy", bait.world().proxy())
                            .with("no_proxy", null)
                            .with("ANTHROPIC_API_KEY", bait.secret())
                            .with("SSL_CERT_FILE", trusted.toString())
                            .run()
                            .succeeds();
            if (mode == EgressMode.OPEN) {
                for (String host : List.of("evil.example", "*.evil.example")) {
                    Ended _ = home.keystone("net", "deny", host, "--name", name).run().succeeds();
                }
            }
            return home.sandbox(name, project);
        }

        void close() {
            try {
                if (sandbox != null) {
                    Ended _ = home.keystone("stop", sandbox.name()).run();
                }
                if (lure != null) {
                    lure.close();
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static byte[] program() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        EgressAttackIT.class.getResourceAsStream("/exit/attacks.py"))) {
            return in.readAllBytes();
        }
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(each -> each.startsWith("VmRSS:"))
                .mapToLong(each -> Long.parseLong(each.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
