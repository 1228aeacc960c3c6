package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a guest is answered while its secret cannot be read on the host.
@Timeout(60)
final class UnreadableSecretTest {
    @TempDir Path directory;
    private SecretScene scene;
    private String request = "";

    @BeforeEach
    void open() {
        scene = new SecretScene(directory);
        request =
                "GET / HTTP/1.1\nHost: %s:%d\nx-api-key: %s\nConnection: close\n\n"
                        .formatted(SecretScene.HOST, scene.port, scene.placeholder());
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void a_secret_that_cannot_be_read_is_said_without_what_is_on_the_host() throws Exception {
        scene.sources.stored.set(SecretScene.NAME, "canary-first", Encoding.PLAIN);
        Files.writeString(scene.sources.stored.file(SecretScene.NAME), "two\nlines");

        String answer = scene.exchange(request);

        assertThat(answer)
                .startsWith("HTTP/1.1 403 keystone-agent: a secret for api.example.org")
                .contains("\nfix:   keystone-agent tokens list")
                .doesNotContain(directory.toString());
        assertThat(scene.heads).isEmpty();
    }

    @Test
    void a_log_in_that_cannot_be_renewed_at_the_moment_is_for_trying_again() throws Exception {
        Path file = scene.sources.home.resolve(SecretSource.Agent.CLAUDE.file());
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(
                file,
                "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"r\",\"expiresAt\":1}}");
        scene.sources.answers(503, "");

        String answer = scene.exchange(request);

        assertThat(answer)
                .startsWith("HTTP/1.1 503 keystone-agent: a secret for api.example.org")
                .contains("\r\nRetry-After: 10\r\n");
        assertThat(scene.heads).isEmpty();
    }
}
