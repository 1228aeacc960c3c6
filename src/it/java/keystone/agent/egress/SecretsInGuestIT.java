package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.security.Haystack;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// A real guest with real programs that use secrets which it does not have. The providers are
/// servers of the test's behind a proxy that the installation has as this host's own.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SecretsInGuestIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String key = "sk-ant-canary-" + random();
    private final String forge = "ghp_canary" + random();
    private final String masked = "dotenv-" + random();
    private TlsWorld world;
    private Installation home;
    private Sandbox sandbox;

    private static String random() {
        var random = ThreadLocalRandom.current();
        return HexFormat.of().toHexDigits(random.nextLong())
                + HexFormat.of().toHexDigits(random.nextLong());
    }

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        this.home = home;
        world = TlsWorld.open();
        Project project = home.project("secret");
        project.write("web/.env", "UNUSED=" + masked + "\n");
        Ended _ =
                home.starting(project, "--name", "secret")
                        .with("https_proxy", world.proxy())
                        .with("http_proxy", world.proxy())
                        .with("no_proxy", null)
                        .with("SSL_CERT_FILE", world.bundle(home.root().resolve("world.pem")) + "")
                        .with("ANTHROPIC_API_KEY", key)
                        .with("GH_TOKEN", forge)
                        .run()
                        .succeeds();
        sandbox = home.sandbox("secret", project);
    }

    @AfterAll
    void close() throws IOException {
        world.close();
    }

    @Test
    void a_placeholder_goes_in_and_the_server_gets_the_key() throws Exception {
        String placeholder = sandbox.says("printenv", "ANTHROPIC_API_KEY");

        String answer =
                sandbox.says(
                        "sh",
                        "-c",
                        "curl -sS -H \"x-api-key: $ANTHROPIC_API_KEY\""
                                + " https://api.anthropic.com/v1/models");

        assertThat(placeholder).startsWith("sk-ant-api03-").isNotEqualTo(key);
        assertThat(answer).isEqualTo("this is api.anthropic.com");
        assertThat(world.lastAsked("api.anthropic.com").header("x-api-key")).contains(key);
        assertThat(world.asked("api.anthropic.com")).noneMatch(each -> each.has(placeholder));
    }

    /// Python without a variable, git, and whoever else there is: all have to trust the sandbox's
    /// authority.
    @Test
    @Tag("full")
    void git_and_python_and_root_use_it_too() throws Exception {
        String refs = sandbox.says("git", "ls-remote", "https://github.com/ada/blue");
        String python =
                """
                import sys, urllib.request as r
                q = r.Request('https://api.github.com/user', headers={'Authorization': 'token ' + sys.argv[1]})
                print(r.urlopen(q).read().decode())
                """;
        String answer =
                sandbox.says(
                        "sh",
                        "-c",
                        "exec env -i https_proxy=$https_proxy python3 -c \"$1\" \"$GH_TOKEN\"",
                        "sh",
                        python);
        String root =
                sandbox.says(
                        "sh",
                        "-c",
                        "sudo curl -sS -H \"Authorization: Bearer $GH_TOKEN\""
                                + " https://uploads.github.com/x");

        assertThat(refs).endsWith("refs/heads/main");
        assertThat(answer).isEqualTo("this is api.github.com");
        assertThat(root).isEqualTo("this is uploads.github.com");
        assertThat(world.lastAsked("github.com").header("authorization"))
                .map(SecretsInGuestIT::decoded)
                .contains("x-access-token:" + forge);
        assertThat(world.lastAsked("api.github.com").header("authorization"))
                .contains("token " + forge);
        assertThat(world.lastAsked("uploads.github.com").header("authorization"))
                .contains("Bearer " + forge);
    }

    private static String decoded(String basic) {
        byte[] pair = Base64.getDecoder().decode(basic.replace("Basic ", ""));
        return new String(pair, StandardCharsets.ISO_8859_1);
    }

    @Test
    @Tag("full")
    void no_other_host_gets_it_by_redirect_or_by_name() throws Exception {
        Ended followed =
                sandbox.executing(
                                "sh",
                                "-c",
                                "curl -sSL -H \"x-api-key: $ANTHROPIC_API_KEY\""
                                        + " https://api.anthropic.com/to-another")
                        .within(LIMIT)
                        .run();
        Ended named =
                sandbox.executing(
                                "sh",
                                "-c",
                                "curl -sS -k -H 'Host: api.anthropic.com' -H \"x-api-key:"
                                        + " $ANTHROPIC_API_KEY\" https://codeberg.org/")
                        .within(LIMIT)
                        .run();

        assertThat(followed.status()).as("nobody here vouches for gitlab.com").isEqualTo(60);
        assertThat(world.asked("gitlab.com")).isEmpty();
        assertThat(named.text()).isEqualTo("this is codeberg.org");
        assertThat(world.lastAsked("codeberg.org").header("x-api-key")).isPresent();
        assertThat(world.lastAsked("codeberg.org").has(key)).isFalse();
    }

    @Test
    void a_stored_secret_reaches_a_running_sandbox_and_leaves_it_at_once() throws Exception {
        String value = "sk-canary-" + random();
        Ended stored = home.keystone("tokens", "set", "OPENAI_API_KEY").reading(value + "\n").run();
        assertThat(stored.succeeds().errors()).isEmpty();
        String ask =
                "curl -sS -H \"Authorization: Bearer $OPENAI_API_KEY\""
                        + " https://api.openai.com/v1/models";

        assertThat(sandbox.says("sh", "-c", ask)).isEqualTo("this is api.openai.com");
        assertThat(world.lastAsked("api.openai.com").header("authorization"))
                .contains("Bearer " + value);
        String placeholder = sandbox.says("printenv", "OPENAI_API_KEY");
        assertThat(sandbox.status().array("secrets").toString()).contains("OPENAI_API_KEY");

        Ended _ = home.keystone("tokens", "rm", "OPENAI_API_KEY").run().succeeds();

        assertThat(sandbox.executing("printenv", "OPENAI_API_KEY").run().status()).isEqualTo(1);
        int before = world.asked("api.openai.com").size();
        Ended _ =
                sandbox.executing(
                                "curl",
                                "-sSk",
                                "-H",
                                "Authorization: Bearer " + placeholder,
                                "https://api.openai.com/v1/models")
                        .run();
        assertThat(world.asked("api.openai.com").subList(before, before + 1))
                .noneMatch(each -> each.has(value));
    }

    @Test
    void a_file_of_the_project_that_is_called_as_one_with_secrets_is_masked() throws Exception {
        String search = "cat web/.env; grep -rsa \"$1\" /workspace";

        assertThat(
                        sandbox.executing("sudo", "sh", "-c", search, "sh", masked)
                                .within(LIMIT)
                                .run()
                                .text())
                .isEqualTo("# keystone-agent masks this file: what is in it stays on the host.");
        assertThat(sandbox.status().object("masking").array("masked").toString())
                .contains("web/.env");
    }

    /// Beside files and environments, all of the guest's memory, as this host sees it.
    @Test
    void nothing_in_the_guest_and_nothing_on_the_host_has_it() throws Exception {
        String _ = sandbox.says("curl", "-sS", "https://api.anthropic.com/");
        String search =
                """
                cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | grep -ac 'canar[y]'
                grep -rlsa 'canar[y]' /run/keystone /run/ks-disk /etc /home /root /tmp /var
                true
                """;

        assertThat(sandbox.executing("sudo", "sh", "-c", search).within(LIMIT).run().text())
                .isEqualTo("0");
        var memory = new GuestMemory(sandbox.machinePid());
        assertThat(memory.holds(sandbox.says("printenv", "GH_TOKEN"))).isTrue();
        for (String value : List.of(key, forge)) {
            var haystack = new Haystack(value);
            assertThat(memory.holds(value)).isFalse();
            assertThat(haystack.argumentLists()).isEmpty();
            assertThat(haystack.environments()).isEmpty();
            assertThat(haystack.filesBelow(home.root())).isEmpty();
        }
    }
}
