package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import keystone.agent.json.Json;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource.Agent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlaceholderLogInTest {
    private static final Instant IN_YEARS = Instant.parse("2090-01-01T00:00:00Z");

    @TempDir Path directory;
    private SourceScene scene;

    @BeforeEach
    void open() {
        scene = new SourceScene(directory);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private Secrets secrets() {
        var origins =
                new Secrets.Origins(
                        scene.environment, scene.project, scene.home, scene.stored, _ -> false);
        return Secrets.open(
                new Secrets.Run(new SandboxName("blue"), Map.of(), new Redactor()),
                KnownSecrets.all(),
                origins,
                Upstream.NONE,
                scene.clock);
    }

    private void loggedIn(Agent agent, String text) throws Exception {
        Path file = scene.home.resolve(agent.file());
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String token(String claims) {
        return "h."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".canary-signature";
    }

    @Test
    void each_agent_finds_a_log_in_that_lasts_and_has_nothing_of_the_hosts() throws Exception {
        loggedIn(
                Agent.CLAUDE,
                """
                {"claudeAiOauth": {"accessToken": "canary-a", "refreshToken": "canary-r", "expiresAt": 9,
                 "scopes": ["user:inference"], "subscriptionType": "max"}}
                """);
        loggedIn(
                Agent.CODEX,
                """
                {"OPENAI_API_KEY": null, "last_refresh": "2026-11-20T00:00:00Z", "tokens": {
                 "id_token": "%s", "access_token": "canary-a", "refresh_token": "canary-r", "account_id": "acc-1"}}
                """
                        .formatted(
                                token(
                                        """
                                        {"email": "canary@example.org",
                                         "https://api.openai.com/auth": {"chatgpt_plan_type": "pro"}}
                                        """)));
        loggedIn(
                Agent.GEMINI,
                """
                {"access_token": "canary-a", "refresh_token": "canary-r", "id_token": "canary-i",
                 "scope": "https://www.googleapis.com/auth/cloud-platform", "expiry_date": 9}
                """);
        Secrets secrets = secrets();

        Map<String, String> files = secrets.logIns("the-mark");

        assertThat(files).hasSize(3);
        for (Agent agent : Agent.values()) {
            String text = files.getOrDefault(agent.file(), "");
            assertThat(text).contains("the-mark").doesNotContain("canary");
            LogInFile file = LogInFile.parse(agent, text);
            assertThat(secrets.placeholders()).containsValue(file.accessToken());
            if (agent != Agent.CODEX) {
                assertThat(file.expires())
                        .hasValueSatisfying(end -> assertThat(end).isAfter(IN_YEARS));
            }
        }
        Json.Obj codex = Json.parse(files.get(Agent.CODEX.file()) + "").asObject();
        assertThat(codex.object("tokens").string("account_id")).isEqualTo("acc-1");
        assertThat(Instant.parse(codex.string("last_refresh"))).isAfter(IN_YEARS);
        String identity = codex.object("tokens").string("id_token").split("\\.", -1)[1];
        assertThat(new String(Base64.getUrlDecoder().decode(identity), StandardCharsets.UTF_8))
                .contains("\"chatgpt_plan_type\":\"pro\"");
        assertThat(files.get(Agent.CLAUDE.file())).contains("max", "user:inference");
    }

    @Test
    void there_is_none_where_a_stronger_source_has_the_secret() throws Exception {
        loggedIn(Agent.CLAUDE, "{\"claudeAiOauth\": {\"accessToken\": \"canary-a\"}}");
        assertThat(secrets().logIns("m")).hasSize(1);

        scene.stored.set(
                new SecretName("CLAUDE_CODE_OAUTH_TOKEN"), "sk-ant-oat01-x", Encoding.PLAIN);

        assertThat(secrets().logIns("m")).isEmpty();
    }
}
