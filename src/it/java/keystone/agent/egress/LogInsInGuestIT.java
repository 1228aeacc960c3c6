package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
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

/// Log-ins of agents, secrets that the user has declared, and values that the user wants inside.
@Tag("full")
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LogInsInGuestIT {
    private final String claude = "sk-ant-oat01-canary" + random();
    private final String codex = "canary-codex-" + random();
    private final String acme = "canary-acme-" + random();
    private TlsWorld world;
    private Installation home;
    private Sandbox sandbox;

    private static String random() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        this.home = home;
        world = TlsWorld.open();
        write(
                home.userHome().resolve(".claude/.credentials.json"),
                """
                {"claudeAiOauth": {"accessToken": "%s", "refreshToken": "canary-r", "expiresAt": 4070908800000,
                 "scopes": ["user:inference"], "subscriptionType": "max"}}
                """
                        .formatted(claude));
        write(
                home.userHome().resolve(".codex/auth.json"),
                """
                {"tokens": {"access_token": "%s", "refresh_token": "canary-r", "account_id": "acc-1"}}
                """
                        .formatted(codex));
        write(home.userHome().resolve("acme.txt"), acme + "\n");
        write(
                home.root().resolve("config/keystone/agent.toml"),
                """
                [secrets.ACME_TOKEN]
                hosts = ["codeberg.org"]
                as = ["header X-Acme"]
                command = ["cat", "%s"]
                """
                        .formatted(home.userHome().resolve("acme.txt")));
        Project project = home.project("logins");
        Ended _ = started(home.starting(project, "--name", "logins")).run().succeeds();
        sandbox = home.sandbox("logins", project);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Invocation started(Invocation start) throws IOException {
        return start.with("https_proxy", world.proxy())
                .with("http_proxy", world.proxy())
                .with("no_proxy", null)
                .with("SSL_CERT_FILE", world.bundle(home.root().resolve("world.pem")) + "");
    }

    @AfterAll
    void close() throws IOException {
        world.close();
    }

    private String file(String path) throws InterruptedException {
        return sandbox.says("cat", path);
    }

    private void ask(String url, String header) throws InterruptedException {
        Ended _ = sandbox.executing("curl", "-sS", "-H", header, url).run().succeeds();
    }

    @Test
    @Order(1)
    void agents_find_log_ins_that_work_and_are_not_the_hosts() throws Exception {
        String credentials = file("/home/sandbox/.claude/.credentials.json");
        String inside =
                Json.parse(credentials).asObject().object("claudeAiOauth").string("accessToken");
        Json.Obj tokens =
                Json.parse(file("/home/sandbox/.codex/auth.json")).asObject().object("tokens");

        ask("https://api.anthropic.com/v1/messages", "Authorization: Bearer " + inside);
        ask(
                "https://chatgpt.com/backend-api/codex/responses",
                "Authorization: Bearer " + tokens.string("access_token"));

        assertThat(credentials).doesNotContain("canary").contains("max");
        assertThat(inside).isEqualTo(sandbox.says("printenv", "CLAUDE_CODE_OAUTH_TOKEN"));
        assertThat(world.lastAsked("api.anthropic.com").header("authorization"))
                .contains("Bearer " + claude);
        assertThat(world.lastAsked("api.anthropic.com").header("anthropic-beta"))
                .contains("oauth-2025-04-20");
        assertThat(tokens.string("account_id")).isEqualTo("acc-1");
        assertThat(world.lastAsked("chatgpt.com").header("authorization"))
                .contains("Bearer " + codex);
        assertThat(sandbox.says("sh", "-c", "stat -c %a ~/.codex/auth.json; ls ~/.gemini || true"))
                .isEqualTo("600");
    }

    @Test
    @Order(2)
    void a_secret_of_the_users_own_is_read_by_its_command() throws Exception {
        String placeholder = sandbox.says("printenv", "ACME_TOKEN");

        ask("https://codeberg.org/acme", "X-Acme: " + placeholder);

        assertThat(placeholder).doesNotContain("canary");
        assertThat(world.lastAsked("codeberg.org").header("x-acme")).contains(acme);
        assertThat(home.keystone("tokens", "list").run().succeeds().text())
                .contains("ACME_TOKEN", "command cat");
    }

    @Test
    @Order(3)
    void a_command_is_given_a_value_when_asked_to() throws Exception {
        Ended ended =
                sandbox.keystone("exec", "--deliver", "ACME_TOKEN", "--", "printenv", "ACME_TOKEN")
                        .run()
                        .succeeds();

        assertThat(ended.text()).isEqualTo(acme);
        assertThat(sandbox.says("printenv", "ACME_TOKEN")).isNotEqualTo(acme);
        assertThat(sandbox.status().array("secretsInGuest").toString()).contains("ACME_TOKEN");
        assertThat(sandbox.keystone("status").run().text()).contains("has ACME_TOKEN itself");
    }

    @Test
    @Order(4)
    void a_file_is_in_the_guests_memory_and_gone_after_a_stop() throws Exception {
        sandbox.keystone("stop").run().succeeds();
        Ended _ =
                started(
                                sandbox.starting(
                                        "--deliver",
                                        "ACME_TOKEN=file",
                                        "--deliver",
                                        "GH_TOKEN=session"))
                        .with("GH_TOKEN", "canary-forge-0123456789abcdef")
                        .run()
                        .succeeds();

        assertThat(sandbox.says("cat", "/run/keystone/secrets/ACME_TOKEN")).isEqualTo(acme);
        assertThat(sandbox.says("stat", "-c", "%a %U", "/run/keystone/secrets/ACME_TOKEN"))
                .isEqualTo("600 sandbox");
        assertThat(sandbox.says("printenv", "GH_TOKEN")).isEqualTo("canary-forge-0123456789abcdef");
        assertThat(sandbox.status().array("secretsInGuest").toString())
                .contains("ACME_TOKEN", "GH_TOKEN");

        sandbox.keystone("stop").run().succeeds();
        assertThat(new Haystack(acme).filesBelow(home.state())).isEmpty();
        Ended _ = started(sandbox.starting()).run().succeeds();
        assertThat(sandbox.executing("ls", "/run/keystone/secrets").run().status()).isEqualTo(2);
        assertThat(sandbox.status().array("secretsInGuest")).isEmpty();
        assertThat(sandbox.says("printenv", "ACME_TOKEN"))
                .as("what programs have remembered goes on working")
                .hasSize(40);
    }
}
