package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.model.HostName;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SecretsTest {
    private static final String CANARY = "canary-4d1f0a77b2c94e5f8a60-tail";
    private static final SecretName KEY = new SecretName("ANTHROPIC_API_KEY");
    private static final Target ANTHROPIC = new Target(new HostName("api.anthropic.com"), 443);

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

    private Secrets secrets(Map<SecretName, String> placeholders) {
        var origins =
                new Secrets.Origins(
                        scene.environment, scene.project, scene.home, scene.stored, _ -> false);
        return Secrets.open(
                new Secrets.Run(new SandboxName("blue"), placeholders, new Redactor()),
                KnownSecrets.all(),
                origins,
                Upstream.NONE,
                scene.clock);
    }

    @Test
    void a_guest_has_placeholders_for_what_is_there_and_nothing_else() {
        assertThat(secrets(Map.of()).placeholders()).isEmpty();
        scene.environment.put("ANTHROPIC_API_KEY", CANARY);

        Map<SecretName, String> placeholders = secrets(Map.of()).placeholders();

        assertThat(placeholders).containsOnlyKeys(KEY);
        assertThat(placeholders.get(KEY)).startsWith("sk-ant-api03-").hasSize(108);
        assertThat(placeholders.toString()).doesNotContain("canary");
    }

    @Test
    void placeholders_are_drawn_for_each_sandbox_and_can_be_kept() {
        scene.environment.put("ANTHROPIC_API_KEY", CANARY);
        Map<SecretName, String> first = secrets(Map.of()).allPlaceholders();
        Map<SecretName, String> second = secrets(Map.of()).allPlaceholders();

        assertThat(first.keySet()).isEqualTo(second.keySet());
        assertThat(first.values()).doesNotContainAnyElementsOf(second.values());
        assertThat(secrets(first).allPlaceholders()).isEqualTo(first);
        assertThat(secrets(Map.of(KEY, CANARY)).allPlaceholders())
                .as("what could be no placeholder is not taken for one")
                .doesNotContainValue(CANARY);
    }

    @Test
    void a_secret_that_comes_or_goes_counts_at_once() {
        Secrets running = secrets(Map.of());
        assertThat(running.boundFor(ANTHROPIC)).isEmpty();

        scene.stored.set(KEY, CANARY, Encoding.PLAIN);
        assertThat(running.boundFor(ANTHROPIC)).hasSize(1);
        assertThat(running.boundFor(new Target(new HostName("api.anthropic.com"), 80))).isEmpty();
        assertThat(running.boundFor(new Target(new HostName("api.openai.com"), 443))).isEmpty();

        scene.stored.remove(KEY);
        assertThat(running.boundFor(ANTHROPIC)).isEmpty();
    }

    @Test
    void a_value_is_delivered_only_where_it_is_asked_for_by_name() throws Exception {
        scene.environment.put("ANTHROPIC_API_KEY", CANARY);
        Secrets secrets = secrets(Map.of());
        var out = new ByteArrayOutputStream();

        secrets.deliver(KEY, out);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(CANARY);
        assertThat(secrets.redactor().redact("x " + CANARY)).isEqualTo("x [ANTHROPIC_API_KEY]");
        assertThatThrownBy(() -> secrets.deliver(new SecretName("NONE"), out))
                .isInstanceOf(UserError.class);
    }

    /// One canary for each source and each way to fail; then everything that was written is
    /// searched.
    @Test
    void nothing_that_is_printed_or_kept_has_a_value(@TempDir Path other) throws Exception {
        var printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        PrintStream err = System.err;
        var catching = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(catching);
        System.setErr(catching);
        try (var exchanges = new SecretScene(other)) {
            String host = SecretScene.HOST + ":" + exchanges.port;
            String request =
                    "GET /?key=%1$s HTTP/1.1\nHost: %2$s\nx-api-key: %1$s\n"
                            .formatted(exchanges.placeholder(), host);
            exchanges.api =
                    (_, server, head) -> {
                        SecretScene.send(server, "HTTP/1.1 200 OK\nBroken " + head);
                        throw new IOException(head);
                    };
            String odd = exchanges.exchange(request + "Connection: close\n\n");
            String smuggled =
                    exchanges.exchange(
                            request + "Content-Length: 1\nTransfer-Encoding: chunked\n\n");
            assertThat(odd + smuggled).doesNotContain(SecretScene.VALUE).contains(" 502 ", " 400 ");

            for (SecretRef ref : KnownSecrets.all()) {
                scene.environment.put(ref.name().value(), CANARY + "\n" + CANARY);
            }
            Secrets secrets = secrets(Map.of());
            for (Binding binding : secrets.boundFor(ANTHROPIC)) {
                assertThatThrownBy(() -> secrets.value(binding))
                        .satisfies(
                                error -> {
                                    error.printStackTrace();
                                    System.out.println(error + " " + binding + secrets);
                                });
            }
        } finally {
            System.setOut(out);
            System.setErr(err);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("has more than one line")
                .doesNotContain("canary");
        for (Path root : List.of(directory, other)) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(Files::isRegularFile)
                        .forEach(
                                file ->
                                        assertThat(text(file))
                                                .as("%s", file)
                                                .doesNotContain("canary"));
            }
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
