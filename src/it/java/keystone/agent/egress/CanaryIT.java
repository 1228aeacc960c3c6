package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.process.Command;
import keystone.agent.security.Haystack;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// A value in every source that a secret can have, and by every way that one can be delivered; each
/// is used, and then looked for wherever it could have been left.
///
/// All begin with one of two words of 18 characters, so that one search finds them all, and another
/// whatever is them in base64.
@Tag("full")
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CanaryIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// What the guest gets to know nothing of.
    private final String kept = word();

    /// What it gets on purpose.
    private final String delivered = word();

    private final StringBuilder said = new StringBuilder();
    private TlsWorld world;
    private Installation home;
    private Sandbox sandbox;
    private Keyring keyring;

    private static String word() {
        return "canary" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
    }

    /// How a request uses one.
    ///
    /// @param placeholder as a shell's words have it
    /// @param url of whom it is for
    /// @param header with `%s` where it stands
    private record Use(String placeholder, String url, String header) {
        static Use ofVariable(String name, String url, String header) {
            return new Use("$" + name, url, header);
        }

        /// Its access token, which is in no variable.
        static Use ofLogIn(String file, String url) {
            return new Use(
                    "$(tr ',{}' '\\n' <~/"
                            + file
                            + " | sed -n 's/.*\"access_token\": *\"\\(.*\\)\".*/\\1/p')",
                    url,
                    "Authorization: Bearer %s");
        }
    }

    private static final List<Use> USES =
            List.of(
                    Use.ofVariable(
                            "ANTHROPIC_API_KEY", "https://api.anthropic.com/v1", "x-api-key: %s"),
                    Use.ofVariable(
                            "CLAUDE_CODE_OAUTH_TOKEN",
                            "https://api.anthropic.com/v1",
                            "Authorization: Bearer %s"),
                    Use.ofVariable(
                            "OPENAI_API_KEY",
                            "https://api.openai.com/",
                            "Authorization: Bearer %s"),
                    Use.ofLogIn(".codex/auth.json", "https://chatgpt.com/"),
                    Use.ofVariable(
                            "GEMINI_API_KEY",
                            "https://generativelanguage.googleapis.com/",
                            "x-goog-api-key: %s"),
                    Use.ofLogIn(".gemini/oauth_creds.json", "https://cloudcode-pa.googleapis.com/"),
                    Use.ofVariable("BY_COMMAND", "https://codeberg.org/", "X-Command: %s"),
                    Use.ofVariable("BY_FILE", "https://codeberg.org/", "X-File: %s"),
                    Use.ofVariable("BY_KEYRING", "https://codeberg.org/", "X-Keyring: %s"),
                    Use.ofVariable("BY_SESSION", "https://codeberg.org/", "X-Session: %s"),
                    Use.ofVariable(
                            "BY_DELIVERED_FILE", "https://codeberg.org/", "X-Delivered: %s"));

    @BeforeAll
    void start(Installation home) throws Exception {
        this.home = home;
        world = TlsWorld.open();
        keyring = new Keyring(home.root().resolve("keyring"));
        new CanarySources(home, kept, delivered).write(keyring);
        run(
                home.keystone("tokens", "set", "OPENAI_API_KEY", "--encoding", "base64")
                        .reading(CanarySources.base64(kept + "-stored") + "\n"));
        Project project = home.project("canary");
        project.write(".env", "GEMINI_API_KEY=" + kept + "-dotenv\n");
        run(
                asTheUser(
                        home.starting(
                                project,
                                "--debug",
                                "--name",
                                "canary",
                                "--deliver",
                                "BY_SESSION=session",
                                "--deliver",
                                "BY_DELIVERED_FILE=file")));
        sandbox = home.sandbox("canary", project);
    }

    private Invocation asTheUser(Invocation start) throws IOException {
        return start.with("https_proxy", world.proxy())
                .with("http_proxy", world.proxy())
                .with("no_proxy", null)
                .with("SSL_CERT_FILE", world.bundle(home.root().resolve("world.pem")) + "")
                .with("DBUS_SESSION_BUS_ADDRESS", keyring.bus())
                .with("ANTHROPIC_API_KEY", kept + "-environment")
                .with("BY_SESSION", delivered + "-session");
    }

    @AfterAll
    void close() throws IOException {
        keyring.close();
        world.close();
    }

    private Ended run(Invocation command) throws InterruptedException {
        Ended ended = command.run().succeeds();
        note(ended);
        return ended;
    }

    private void note(Ended ended) {
        said.append(ended.output()).append(ended.errors());
    }

    @Test
    @Order(1)
    void each_reaches_whom_it_is_for() throws Exception {
        for (Use use : USES) {
            run(
                    sandbox.executing(
                            "sh",
                            "-c",
                            "curl -sS -H \"$(printf \"$1\" \"" + use.placeholder() + "\")\" \"$2\"",
                            "sh",
                            use.header(),
                            use.url()));
        }

        assertThat(
                        Stream.of(
                                        "api.anthropic.com",
                                        "api.openai.com",
                                        "chatgpt.com",
                                        "generativelanguage.googleapis.com",
                                        "cloudcode-pa.googleapis.com",
                                        "codeberg.org")
                                .flatMap(server -> world.asked(server).stream())
                                .flatMap(asked -> asked.fields().stream())
                                .filter(each -> each.contains(kept) || each.contains(delivered))
                                .map(each -> each.replaceFirst(".*(canary)\\w+", "$1")))
                .containsExactlyInAnyOrder(
                        "canary-environment",
                        "canary-claude",
                        "canary-stored",
                        "canary-codex",
                        "canary-dotenv",
                        "canary-gemini",
                        "canary-command",
                        "canary-file",
                        "canary-keyring",
                        "canary-session",
                        "canary-file");
        assertThat(sandbox.says("sh", "-c", "echo $BY_SESSION")).isEqualTo(delivered + "-session");
        assertThat(sandbox.says("cat", "/run/keystone/secrets/BY_DELIVERED_FILE"))
                .isEqualTo(delivered + "-file");
    }

    @Test
    @Order(2)
    void no_command_of_ours_says_it() throws Exception {
        for (List<String> each :
                List.of(
                        List.of("status"),
                        List.of("status", "--json"),
                        List.of("logs"),
                        List.of("logs", "--console"),
                        List.of("net", "log", "canary"),
                        List.of("net", "list", "--name", "canary", "--json"),
                        List.of("--debug", "tokens", "list"),
                        List.of("tokens", "list", "--json"),
                        List.of("config", "show", "--json"),
                        List.of("--debug", "tokens", "test", "ANTHROPIC_API_KEY"),
                        List.of("--debug", "tokens", "test", "BY_COMMAND"),
                        List.of("--debug", "tokens", "set", "GH_TOKEN", kept),
                        List.of("--debug", "exec", "canary", "--deliver", "NONE", "--", "true"))) {
            Ended ended =
                    asTheUser(
                                    home.keystone(each.toArray(String[]::new))
                                            .in(sandbox.project().path()))
                            .within(LIMIT)
                            .run();
            note(ended);
        }

        assertThat(said.toString()).doesNotContain(kept, CanarySources.base64(kept), delivered);
    }

    /// A script is what it runs, and prints what was delivered, in pieces and in base64.
    @Test
    @Order(3)
    void what_a_task_prints_is_written_down_without_it() throws Exception {
        Ended ended =
                home.keystone(
                                "task",
                                "run",
                                "--in",
                                sandbox.name(),
                                "--agent",
                                "shell",
                                "--",
                                """
                                echo "it is $BY_SESSION."
                                printf '%s' "$BY_SESSION" | while read -rN1 c; do printf '%s' "$c"; sleep 0.05; done
                                echo; printf '%s' "x$BY_SESSION" | base64; cat /run/keystone/secrets/BY_DELIVERED_FILE
                                """)
                        .within(LIMIT)
                        .run()
                        .succeeds();

        assertThat(ended.output())
                .contains("it is [BY_SESSION].", "[BY_DELIVERED_FILE]")
                .doesNotContain(delivered);
        assertThat(new Haystack(delivered).filesBelow(home.state())).isEmpty();
    }

    @Test
    @Order(4)
    void nothing_of_this_host_has_it_but_its_sources() throws Exception {
        assertOnlySourcesHaveIt();
    }

    private void assertOnlySourcesHaveIt() throws IOException {
        var sources =
                Set.of(
                        ".credentials.json",
                        "auth.json",
                        "oauth_creds.json",
                        "command.txt",
                        "file.txt",
                        "delivered.txt",
                        ".env",
                        // What `tokens set` was given; only its owner may read it.
                        "OPENAI_API_KEY");
        for (String word :
                List.of(
                        kept,
                        delivered,
                        CanarySources.base64(kept),
                        CanarySources.base64(delivered))) {
            var haystack = new Haystack(word);
            assertThat(haystack.argumentLists()).isEmpty();
            assertThat(haystack.environments()).isEmpty();
            for (Path root : List.of(home.root(), Path.of("/dev/shm"))) {
                assertThat(haystack.filesBelow(root))
                        .extracting(file -> file.getFileName().toString())
                        .isSubsetOf(sources);
            }
        }
    }

    @Test
    @Order(5)
    void root_in_the_guest_does_not_find_what_was_not_delivered() throws Exception {
        // The search itself must not bring a word there.
        String search =
                """
                pattern="[$1]$2"
                cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | grep -ac "$pattern"
                grep -rlsa "$pattern" /run /etc /home /root /tmp /var /workspace /worktrees
                true
                """;
        for (String word : List.of(kept, CanarySources.base64(kept))) {
            assertThat(
                            sandbox.executing(
                                            "sudo",
                                            "sh",
                                            "-c",
                                            search,
                                            "sh",
                                            word.substring(0, 1),
                                            word.substring(1))
                                    .within(Duration.ofMinutes(5))
                                    .run()
                                    .text())
                    .isEqualTo("0");
            assertThat(new GuestMemory(sandbox.machinePid()).holds(word)).isFalse();
        }
        assertThat(new GuestMemory(sandbox.machinePid()).holds(delivered)).isTrue();
    }

    @Test
    @Order(6)
    void a_supervisor_that_crashes_leaves_it_nowhere() throws Exception {
        long supervisor = sandbox.supervisorPid();
        Path directory = Files.readSymbolicLink(Path.of("/proc/" + supervisor + "/cwd"));
        Ended _ = sandbox.keystone("exec", "--", "true").run();
        assertThat(Command.of("kill", "-SEGV", Long.toString(supervisor)).run(LIMIT).status())
                .isZero();
        Wait.until("it is gone", LIMIT, () -> !Files.exists(Path.of("/proc/" + supervisor)));

        assertOnlySourcesHaveIt();
        var left = new ArrayList<Path>();
        for (Path place : List.of(directory, Path.of("/tmp"))) {
            Path report = place.resolve("hs_err_pid" + supervisor + ".log");
            if (Files.exists(report)) {
                left.add(report);
            }
        }
        for (Path report : left) {
            assertThat(Files.readString(report, StandardCharsets.ISO_8859_1))
                    .doesNotContain(kept, delivered);
            Files.delete(report);
        }
    }

    @Test
    @Order(7)
    void after_a_stop_what_was_delivered_is_gone() throws Exception {
        note(sandbox.keystone("stop").within(LIMIT).run());
        assertOnlySourcesHaveIt();
        run(sandbox.starting().with("no_proxy", null));

        assertThat(
                        sandbox.executing(
                                        "sh", "-c", "ls /run/keystone/secrets; printenv BY_SESSION")
                                .run()
                                .output())
                .doesNotContain(delivered, "BY_DELIVERED_FILE");
        assertThat(new GuestMemory(sandbox.machinePid()).holds(delivered)).isFalse();
        assertThat(said.toString()).doesNotContain(kept, CanarySources.base64(kept), delivered);
    }
}
