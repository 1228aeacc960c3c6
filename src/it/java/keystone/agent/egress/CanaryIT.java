package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
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

/// One secret from every source, each of them used, refused and asked about; then everything is
/// searched for what only the sources may have. All values begin with one and the same random word,
/// those that were delivered with another.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("full")
final class CanaryIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Charset UTF_8 = StandardCharsets.UTF_8;
    private static final String SEGMENTATION_FAULT = "-SEGV";

    private final String canary = "canary" + random();
    private final String delivered = "delivered" + random();
    private final List<String> said = new ArrayList<>();
    private TlsWorld world;
    private Installation home;
    private Project project;
    private Sandbox sandbox;

    private static String random() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    @BeforeAll
    void start(Installation home) throws Exception {
        this.home = home;
        world = TlsWorld.open();
        project = home.project("canary");
        project.write(".env", "OPENAI_API_KEY=%s-dotenv\n".formatted(canary));
        write(".codex/auth.json", "{\"tokens\": {\"access_token\": \"%s-login\"}}");
        write("command.txt", "%s-command\n");
        write("file.txt", "%s-file\n");
        write("query.txt", "%s-query\n");
        String encoded = Base64.getEncoder().encodeToString((canary + "-base64").getBytes(UTF_8));
        write("base64.txt", encoded + "\n");
        Files.writeString(home.userHome().resolve("delivered.txt"), delivered + "\n");
        configure();
        say(
                home.keystone("tokens", "set", "GEMINI_API_KEY")
                        .reading(canary + "-stored\n")
                        .run()
                        .succeeds());
        say(
                inWorld(
                                home.starting(
                                        project,
                                        "--name",
                                        "canary",
                                        "-v",
                                        "--debug",
                                        "--deliver",
                                        "TO_SESSION=session",
                                        "--deliver",
                                        "TO_FILE=file"))
                        .with("ANTHROPIC_API_KEY", canary + "-environment")
                        .run()
                        .succeeds());
        sandbox = home.sandbox("canary", project);
    }

    private void write(String file, String text) throws IOException {
        Path path = home.userHome().resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text.formatted(canary));
    }

    private void configure() throws IOException {
        Path file = home.root().resolve("config/keystone/agent.toml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                [secrets.OF_COMMAND]
                hosts = ["codeberg.org"]
                as = ["header X-Command"]
                command = ["cat", "HOME/command.txt"]

                [secrets.OF_FILE]
                hosts = ["codeberg.org"]
                as = ["header X-File"]
                file = "HOME/file.txt"

                [secrets.OF_BASE64]
                hosts = ["codeberg.org"]
                as = ["header X-Base64"]
                file = "HOME/base64.txt"
                encoding = "base64"

                [secrets.OF_QUERY]
                hosts = ["codeberg.org"]
                as = ["query token"]
                file = "HOME/query.txt"

                [secrets.BROKEN]
                hosts = ["codeberg.org"]
                as = ["header X-Broken"]
                command = ["sh", "-c", "cat HOME/command.txt; cat HOME/command.txt >&2; exit 3"]

                [secrets.TO_SESSION]
                hosts = ["codeberg.org"]
                file = "HOME/delivered.txt"

                [secrets.TO_FILE]
                hosts = ["codeberg.org"]
                file = "HOME/delivered.txt"
                """
                        .replace("HOME", home.userHome().toString()));
    }

    private Invocation inWorld(Invocation start) throws IOException {
        return start.with("https_proxy", world.proxy())
                .with("http_proxy", world.proxy())
                .with("no_proxy", null)
                .with("SSL_CERT_FILE", world.bundle(home.root().resolve("world.pem")) + "");
    }

    @AfterAll
    void close() throws IOException {
        world.close();
    }

    private void say(Ended ended) {
        said.add(ended.toString());
    }

    private void curl(String... arguments) throws InterruptedException {
        say(
                sandbox.executing("sh", "-c", "curl -sS -v " + String.join(" ", arguments))
                        .within(LIMIT)
                        .run());
    }

    @Test
    @Order(1)
    void each_is_used_at_its_host() throws Exception {
        curl("-H \"x-api-key: $ANTHROPIC_API_KEY\" https://api.anthropic.com/");
        curl("-H \"Authorization: Bearer $OPENAI_API_KEY\" https://api.openai.com/");
        curl("-H \"x-goog-api-key: $GEMINI_API_KEY\" https://generativelanguage.googleapis.com/");
        curl("-H \"Authorization: Bearer $CODEX_ACCESS_TOKEN\" https://chatgpt.com/");
        curl(
                "-H \"X-Command: $OF_COMMAND\" -H \"X-File: $OF_FILE\" -H \"X-Base64: $OF_BASE64\""
                        + " \"https://codeberg.org/?token=$OF_QUERY\"");

        assertThat(world.lastAsked("api.anthropic.com").has(canary + "-environment")).isTrue();
        assertThat(world.lastAsked("api.openai.com").has(canary + "-dotenv")).isTrue();
        assertThat(world.lastAsked("generativelanguage.googleapis.com").has(canary + "-stored"))
                .isTrue();
        assertThat(world.lastAsked("chatgpt.com").has(canary + "-login")).isTrue();
        for (String each : List.of("-command", "-file", "-base64", "-query")) {
            assertThat(world.lastAsked("codeberg.org").has(canary + each)).as(each).isTrue();
        }
    }

    /// Each of them says something about a secret.
    @Test
    @Order(2)
    void nothing_that_is_said_has_one() throws Exception {
        curl("-H \"X-Broken: $BROKEN\" https://codeberg.org/");
        curl("-k -H \"x-api-key: $ANTHROPIC_API_KEY\" https://gitlab.com/");
        curl("-H \"x-api-key: $ANTHROPIC_API_KEY\" https://api.anthropic.com/to-another -L");
        curl("-H \"x-api-key: $ANTHROPIC_API_KEY\" -H 'Host: evil' https://api.anthropic.com/");
        for (String each : List.of("BROKEN", "OF_FILE", "OPENAI_API_KEY", "NOT_THERE")) {
            say(home.keystone("tokens", "test", each, "--debug").in(project.path()).run());
        }
        say(home.keystone("tokens", "set", "OF_FILE", canary).run());
        say(sandbox.keystone("exec", "--debug", "--deliver", "BROKEN", "--", "true").run());
        say(
                home.keystone(
                                "task",
                                "run",
                                "--agent",
                                "shell",
                                "printenv; curl -sSv -H \"X-File: $OF_FILE\" https://codeberg.org/")
                        .in(project.path())
                        .within(LIMIT)
                        .run());
        for (String each :
                List.of(
                        "tokens list",
                        "tokens list --json",
                        "status canary",
                        "status canary --json",
                        "net log canary",
                        "net log canary --json",
                        "logs canary",
                        "logs canary --source supervisor",
                        "logs canary --source egress",
                        "list --json",
                        "config show",
                        "config show --json",
                        "doctor",
                        "task list --json")) {
            say(home.keystone(each.split(" ", -1)).in(project.path()).within(LIMIT).run());
        }

        // The command that was given one in its arguments is quoted by the test itself.
        assertThat(said)
                .filteredOn(each -> holds(each.replace("tokens set OF_FILE " + canary, "")))
                .isEmpty();
        assertThat(said.toString())
                .contains("`sh`, which gives the secret BROKEN, failed", "this is gitlab.com");
    }

    private boolean holds(String text) {
        return text.contains(canary)
                || text.contains(Base64.getEncoder().encodeToString(canary.getBytes(UTF_8)))
                || (text.contains(delivered) && !text.contains("TO_SESSION=" + delivered));
    }

    @Test
    @Order(3)
    void root_in_the_guest_finds_none() throws Exception {
        String search =
                """
                cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | grep -ac "$1[y]"
                find / -xdev -type f -newer /proc/1 -size -20M 2>/dev/null | grep -v ^/proc | xargs -d '\\n' grep -sla "$1[y]"
                for tree in /run /workspace /run/keystone /run/ks-disk; do grep -rsla "$1[y]" $tree; done
                true
                """;
        String allButItsLast = canary.substring(0, canary.length() - 1);
        String last = canary.substring(canary.length() - 1);

        String found =
                sandbox.executing(
                                "sudo",
                                "sh",
                                "-c",
                                search.replace("[y]", "[" + last + "]"),
                                "sh",
                                allButItsLast)
                        .within(LIMIT)
                        .run()
                        .text();

        assertThat(found).isEqualTo("0");
    }

    /// What the host sees of it is more than `/proc/kcore` shows inside.
    @Test
    @Order(4)
    void the_guests_memory_has_only_what_was_delivered() throws Exception {
        assertThat(sandbox.says("printenv", "TO_SESSION")).isEqualTo(delivered);
        assertThat(sandbox.says("cat", "/run/keystone/secrets/TO_FILE")).isEqualTo(delivered);
        assertThat(sandbox.status().array("secretsInGuest").toString())
                .contains("TO_SESSION", "TO_FILE");
        var memory = new GuestMemory(sandbox.machinePid());

        assertThat(memory.holds(delivered)).isTrue();
        assertThat(memory.holds(canary)).isFalse();
    }

    @Test
    @Order(5)
    void the_host_has_them_in_their_sources_alone() throws Exception {
        for (String each : List.of(canary, delivered)) {
            var haystack = new Haystack(each);

            assertThat(haystack.argumentLists()).isEmpty();
            assertThat(haystack.environments()).isEmpty();
            assertThat(haystack.filesBelow(home.root())).isSubsetOf(sources());
            assertThat(haystack.filesBelow(home.cache())).isEmpty();
        }
    }

    private Set<Path> sources() {
        return Set.of(
                project.path().resolve(".env"),
                home.userHome().resolve(".codex/auth.json"),
                home.userHome().resolve("command.txt"),
                home.userHome().resolve("file.txt"),
                home.userHome().resolve("query.txt"),
                home.userHome().resolve("delivered.txt"),
                home.state().resolve(".secrets/GEMINI_API_KEY"));
    }

    /// Whatever of ours crashes, its memory is written nowhere.
    @Test
    @Order(6)
    void a_crash_leaves_none() throws Exception {
        long supervisor = sandbox.supervisorPid();
        List<Kernel.Seen> all = sandbox.processes();
        assertThat(all).hasSizeGreaterThan(3);
        for (long pid :
                Stream.concat(Stream.of(supervisor), all.stream().map(Kernel.Seen::pid)).toList()) {
            Path limits = Path.of("/proc", Long.toString(pid), "limits");
            assertThat(Files.readString(limits))
                    .as(Kernel.program(pid))
                    .containsPattern("Max core file size +1 +1 ");
        }
        Path directory = Path.of("/proc", Long.toString(supervisor), "cwd").toRealPath();

        Process _ = new ProcessBuilder("kill", SEGMENTATION_FAULT, supervisor + "").start();
        Wait.until("the supervisor ends", LIMIT, () -> !Kernel.isAlive(supervisor));

        String report = "hs_err_pid" + supervisor + ".log";
        for (Path place : List.of(directory, Path.of("/tmp"))) {
            Path file = place.resolve(report);
            if (Files.exists(file)) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                Files.delete(file);
                assertThat(text).doesNotContain(canary).doesNotContain(delivered);
            }
        }
        assertThat(new Haystack(canary).filesBelow(home.root())).isSubsetOf(sources());
    }
}
