package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;
import keystone.agent.model.TokenTrial.Outcome;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class HostSecretsTest {
    private static final SecretName CLAUDE = new SecretName("ANTHROPIC_API_KEY");
    private static final String CANARY = "canary-4d1f0a77b2c94e5f8a60-tail";

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

    private HostSecrets secrets(List<SecretRef> refs) {
        return new HostSecrets(
                refs,
                scene.reader(),
                scene.stored,
                new Trials(scene.http(), Optional.of(scene.endpoint())));
    }

    private HostSecrets known() {
        return secrets(KnownSecrets.all());
    }

    private TokenEntry entry(SecretName name) {
        return known().list().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_is_there_is_listed_masked_with_its_source() {
        scene.environment.put("ANTHROPIC_API_KEY", CANARY);
        assertThat(entry(CLAUDE).source()).isEqualTo("$ANTHROPIC_API_KEY");
        assertThat(entry(CLAUDE).changed()).isNull();

        known().set(CLAUDE, CANARY + "\n", Encoding.PLAIN);
        TokenEntry stored = entry(CLAUDE);
        assertThat(stored.source()).isEqualTo("tokens set");
        assertThat(stored.masked()).isEqualTo("…tail");
        assertThat(stored.changed()).isNotNull();
        assertThat(known().list().toString()).doesNotContain("canary");

        known().remove(CLAUDE);
        assertThat(entry(CLAUDE).source()).isEqualTo("$ANTHROPIC_API_KEY");
        assertThatThrownBy(() -> known().remove(CLAUDE)).isInstanceOf(UserError.class);
    }

    @Test
    void an_unknown_name_is_answered_with_the_one_that_was_meant() {
        assertThatThrownBy(
                        () -> known().set(new SecretName("GITHUB_TOKEN"), CANARY, Encoding.PLAIN))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem())
                                    .isEqualTo(
                                            "there is no secret called `GITHUB_TOKEN`;"
                                                    + " did you mean `GH_TOKEN`?");
                            assertThat(error.fix()).isEqualTo("keystone-agent tokens list --all");
                        });
        assertThatThrownBy(
                        () -> known().set(new SecretName("CODEX_API_KEY"), CANARY, Encoding.PLAIN))
                .hasMessageContaining("did you mean `OPENAI_API_KEY`?");
    }

    @Test
    void listing_asks_nobody() throws Exception {
        Path file = scene.home.resolve(SecretSource.Agent.CLAUDE.file());
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(
                file,
                "{\"claudeAiOauth\":{\"accessToken\":\""
                        + CANARY
                        + "\",\"refreshToken\":\"r\",\"expiresAt\":1}}");
        Path ran = scene.home.resolve("ran");
        SecretRef asking =
                SourceScene.ref(
                        Encoding.PLAIN, new SecretSource.Command(List.of("touch", ran.toString())));

        TokenEntry token = entry(new SecretName("CLAUDE_CODE_OAUTH_TOKEN"));
        TokenEntry command = secrets(List.of(asking)).list().getFirst();

        assertThat(token.source()).isEqualTo("~/.claude/.credentials.json");
        assertThat(token.masked()).isEqualTo("…tail");
        assertThat(scene.asked).isEmpty();
        assertThat(command.source()).isEqualTo("command touch");
        assertThat(command.masked()).isNull();
        assertThat(ran).doesNotExist();
    }

    @Test
    void what_cannot_be_read_is_said_and_the_others_are_listed() throws Exception {
        Files.writeString(scene.project.resolve(".env"), "OPENAI_API_KEY=\"" + CANARY);
        scene.environment.put("GH_TOKEN", CANARY);

        assertThat(entry(new SecretName("OPENAI_API_KEY")).problem()).startsWith("line 1 of .env");
        assertThat(entry(new SecretName("GH_TOKEN")).source()).isEqualTo("$GH_TOKEN");
    }

    @Test
    void a_name_that_there_is_not_is_refused() {
        assertThatThrownBy(() -> known().set(new SecretName("NONE"), "value", Encoding.PLAIN))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no secret called `NONE`");
        assertThatThrownBy(() -> known().test(CLAUDE))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error ->
                                assertThat(error.fix())
                                        .isEqualTo("keystone-agent tokens set ANTHROPIC_API_KEY"));
    }

    @ParameterizedTest
    @CsvSource({
        "200,{},WORKS,127.0.0.1 answered 200",
        "401,{},REFUSED,is not taken",
        "403,{},REFUSED,is not taken",
        "400,API_KEY_INVALID,REFUSED,is not taken",
        "400,other,UNCLEAR,says nothing about",
        "429,{},WORKS,no more to spend",
        "500,{},UNCLEAR,answered 500",
        "302,{},UNCLEAR,answered 302"
    })
    void a_trial_reads_the_answer(int status, String body, Outcome outcome, String sentence)
            throws Exception {
        scene.environment.put("ANTHROPIC_API_KEY", CANARY);
        scene.answers(status, body + " " + CANARY);

        TokenTrial trial = known().test(CLAUDE);

        assertThat(trial.outcome()).isEqualTo(outcome);
        assertThat(trial.sentence()).contains(sentence).doesNotContain(CANARY);
        assertThat(scene.headers.getFirst())
                .containsEntry("x-api-key", CANARY)
                .containsEntry("anthropic-version", "2023-06-01");
    }

    @Test
    void a_trial_carries_a_companion_and_a_bearer() throws Exception {
        scene.environment.put("CLAUDE_CODE_OAUTH_TOKEN", CANARY);

        TokenTrial trial = known().test(new SecretName("CLAUDE_CODE_OAUTH_TOKEN"));

        assertThat(trial.outcome()).isEqualTo(Outcome.WORKS);
        assertThat(scene.headers.getFirst())
                .containsEntry("authorization", "Bearer " + CANARY)
                .containsEntry("anthropic-beta", "oauth-2025-04-20");
    }

    @Test
    void a_server_that_cannot_be_reached_says_nothing() throws Exception {
        scene.environment.put("ANTHROPIC_API_KEY", CANARY);
        var nowhere =
                new HostSecrets(
                        KnownSecrets.all(),
                        scene.reader(),
                        scene.stored,
                        new Trials(scene.http(), Optional.of(URI.create("http://127.0.0.1:1/"))));

        assertThat(nowhere.test(CLAUDE))
                .isEqualTo(
                        new TokenTrial(
                                Outcome.UNCLEAR,
                                "127.0.0.1 cannot be reached, so nothing is known"));
    }

    @Test
    void a_proxy_that_we_cannot_speak_to_matters_only_to_who_needs_it() throws Exception {
        var origins =
                new Secrets.Origins(
                        Map.of("ALL_PROXY", "socks5://127.0.0.1:1", "ANTHROPIC_API_KEY", CANARY),
                        scene.project,
                        scene.home,
                        scene.stored,
                        _ -> false);
        HostSecrets secrets = HostSecrets.open(KnownSecrets.all(), origins, scene.clock);

        assertThat(secrets.list()).isNotEmpty();
        assertThatThrownBy(() -> secrets.test(CLAUDE))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("ALL_PROXY");
    }

    /// A gateway's key is under the name of the provider's, and not for the provider.
    @Test
    void one_that_goes_elsewhere_is_not_shown_to_the_provider() throws Exception {
        scene.environment.put("ANTHROPIC_API_KEY", CANARY);
        SecretRef known =
                KnownSecrets.all().stream()
                        .filter(each -> each.name().equals(CLAUDE))
                        .findFirst()
                        .orElseThrow();
        SecretRef gateways = known.to(List.of(HostPattern.parse("llm.corp.example")));

        TokenTrial trial = secrets(List.of(gateways)).test(CLAUDE);

        assertThat(trial)
                .isEqualTo(
                        new TokenTrial(
                                Outcome.UNCLEAR,
                                "ANTHROPIC_API_KEY was read; it may not go to api.anthropic.com,"
                                        + " and others have no request that only looks"));
        assertThat(scene.headers).isEmpty();
    }

    @Test
    void every_trial_goes_where_its_secret_may_go() {
        for (SecretRef ref : KnownSecrets.all()) {
            Optional<URI> uri = Trials.uriOf(ref.name());
            assertThat(uri.map(URI::getScheme).orElse("https")).isEqualTo("https");
            assertThat(
                            uri.map(URI::getHost)
                                    .map(HostName::parse)
                                    .map(host -> ref.mayGoTo(host, 443))
                                    .orElse(true))
                    .isTrue();
        }
    }
}
