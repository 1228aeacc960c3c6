package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import keystone.agent.model.SecretSource.Agent;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class LogInsTest {
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

    private Path file(Agent agent, String text) throws Exception {
        Path file = scene.home.resolve(agent.file());
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, text);
    }

    private Path claude(String access, Instant expires) throws Exception {
        return file(
                Agent.CLAUDE,
                """
                {"claudeAiOauth":{"accessToken":"%s","refreshToken":"canary-refresh",\
                "expiresAt":%d,"scopes":["user:inference"],"subscriptionType":"max"},\
                "somethingElse":{"kept":true}}
                """
                        .formatted(access, expires.toEpochMilli()));
    }

    @Test
    void nobody_who_has_not_logged_in_has_a_token() throws Exception {
        for (Agent agent : Agent.values()) {
            assertThat(scene.logIns().token(agent, null)).isEmpty();
        }
    }

    @Test
    void a_token_whose_time_is_not_over_is_used_as_it_is() throws Exception {
        claude("canary-now", scene.clock.instant().plusSeconds(3600));

        assertThat(scene.logIns().token(Agent.CLAUDE, null)).contains("canary-now");
        assertThat(scene.asked).isEmpty();
    }

    @Test
    void one_whose_time_is_over_is_renewed_and_kept_where_it_was() throws Exception {
        Path file = claude("canary-old", scene.clock.instant().plusSeconds(60));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        scene.answers(
                200,
                "{\"access_token\":\"canary-new\",\"refresh_token\":\"canary-refresh-2\","
                        + "\"expires_in\":28800,\"token_type\":\"Bearer\"}");

        assertThat(scene.logIns().token(Agent.CLAUDE, null)).contains("canary-new");

        assertThat(Json.parse(scene.asked.getFirst()).asObject().members())
                .containsOnlyKeys("grant_type", "refresh_token", "client_id")
                .containsEntry("refresh_token", Json.string("canary-refresh"))
                .containsEntry("client_id", Json.string("client-of-claude"));
        Json.Obj after = Json.parse(Files.readString(file)).asObject();
        Json.Obj tokens = after.object("claudeAiOauth");
        assertThat(tokens.string("accessToken")).isEqualTo("canary-new");
        assertThat(tokens.string("refreshToken")).isEqualTo("canary-refresh-2");
        assertThat(tokens.number("expiresAt"))
                .isEqualTo(scene.clock.instant().plusSeconds(28800).toEpochMilli());
        assertThat(tokens.string("subscriptionType")).isEqualTo("max");
        assertThat(after.object("somethingElse").bool("kept")).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        try (Stream<Path> left = Files.list(file.resolveSibling("."))) {
            assertThat(left.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            ".credentials.json", ".credentials.json.keystone-lock");
        }
    }

    @Test
    void a_file_that_is_a_link_stays_one() throws Exception {
        Path file = claude("canary-old", scene.clock.instant());
        Path real = scene.home.resolve("dotfiles.json");
        Files.move(file, real);
        Files.createSymbolicLink(file, real);
        scene.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":28800}");

        assertThat(scene.logIns().token(Agent.CLAUDE, null)).contains("canary-new");

        assertThat(file).isSymbolicLink();
        assertThat(real).content().contains("canary-new", "canary-refresh");
    }

    @Test
    void a_token_that_its_server_no_longer_takes_is_renewed_early() throws Exception {
        claude("canary-now", scene.clock.instant().plusSeconds(3600));
        scene.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":28800}");

        assertThat(scene.logIns().token(Agent.CLAUDE, "canary-other")).contains("canary-now");
        assertThat(scene.logIns().token(Agent.CLAUDE, "canary-now")).contains("canary-new");
    }

    /// A guest makes its server refuse whatever it is sent.
    @Test
    void refusals_renew_a_log_in_whose_time_is_not_over_once_an_hour() throws Exception {
        claude("canary-0", scene.clock.instant().plus(Duration.ofDays(2)));
        LogIns logIns = scene.logIns();
        String token = "canary-0";
        for (int minute = 0; minute < 150; minute++) {
            scene.answers(
                    200, "{\"access_token\":\"canary-" + minute + "-\",\"expires_in\":86400}");
            token = logIns.token(Agent.CLAUDE, token).orElseThrow();
            scene.clock.pass(Duration.ofMinutes(1));
        }

        assertThat(scene.asked).hasSize(3);
    }

    @Test
    void one_that_is_refused_and_cannot_be_renewed_is_used_until_its_time_is_over()
            throws Exception {
        claude("canary-now", scene.clock.instant().plus(Duration.ofHours(3)));
        scene.answers(400, "{}");
        LogIns logIns = scene.logIns();

        assertThat(logIns.token(Agent.CLAUDE, "canary-now")).contains("canary-now");
        scene.clock.pass(Duration.ofHours(4));
        assertThatThrownBy(() -> logIns.token(Agent.CLAUDE, "canary-now"))
                .hasMessageContaining("is over");
    }

    @Test
    void many_at_once_ask_once() throws Exception {
        claude("canary-old", scene.clock.instant());
        scene.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":28800}");
        LogIns logIns = scene.logIns();

        var tokens = new ArrayList<Future<String>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                tokens.add(threads.submit(() -> logIns.token(Agent.CLAUDE, null).orElseThrow()));
            }
        }

        for (Future<String> token : tokens) {
            assertThat(token.get()).isEqualTo("canary-new");
        }
        assertThat(scene.asked).hasSize(1);
    }

    @Test
    void whatever_else_an_answer_says_its_token_is_kept() throws Exception {
        for (String odd :
                List.of(
                        "\"expires_in\":\"28800\"",
                        "\"expires_in\":28800.5",
                        "\"expires_in\":9223372036854775807",
                        "\"expires_in\":-1e300",
                        "\"refresh_token\":7",
                        "\"id_token\":{}")) {
            Path file = claude("canary-old", scene.clock.instant());
            scene.answers(200, "{\"access_token\":\"canary-new\"," + odd + "}");

            assertThat(scene.logIns().token(Agent.CLAUDE, null)).as(odd).contains("canary-new");

            assertThat(file).content().contains("canary-new", "canary-refresh");
        }
    }

    @Test
    void one_whose_server_does_not_say_how_long_it_is_good_for_is_not_renewed_again_at_once()
            throws Exception {
        claude("canary-old", scene.clock.instant());
        scene.answers(200, "{\"access_token\":\"canary-new\"}");

        assertThat(scene.logIns().token(Agent.CLAUDE, null)).contains("canary-new");
        assertThat(scene.logIns().token(Agent.CLAUDE, null)).contains("canary-new");

        assertThat(scene.asked).hasSize(1);
    }

    @Test
    void what_comes_while_an_agent_writes_the_file_is_kept_for_this_run() throws Exception {
        Path file = claude("canary-old", scene.clock.instant());
        scene.meanwhile = () -> Files.writeString(file, "{\"claudeAiOauth\":{");
        scene.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":28800}");
        LogIns logIns = scene.logIns();

        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-new");
        scene.meanwhile = () -> "";
        claude("canary-old", scene.clock.instant());

        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-new");
        assertThat(scene.asked).hasSize(1);
    }

    @Test
    void what_an_agent_has_renewed_before_us_is_used() throws Exception {
        claude("canary-old", scene.clock.instant());
        scene.meanwhile =
                () -> claude("canary-theirs", scene.clock.instant().plus(Duration.ofHours(8)));
        scene.answers(400, "{\"error\":\"invalid_grant\"}");

        assertThat(scene.logIns().token(Agent.CLAUDE, null)).contains("canary-theirs");
    }

    @Test
    void what_claude_knows_of_other_servers_is_no_log_in() throws Exception {
        file(Agent.CLAUDE, "{\"mcpOAuth\":{\"linear\":{\"accessToken\":\"canary\"}}}");

        assertThat(scene.logIns().token(Agent.CLAUDE, null)).isEmpty();
    }

    @Test
    void codex_says_in_its_token_when_its_time_is_over() throws Exception {
        file(
                Agent.CODEX,
                "{\"OPENAI_API_KEY\":null,\"tokens\":{\"id_token\":\"i\",\"access_token\":\""
                        + jwt(scene.clock.instant().plusSeconds(10))
                        + "\",\"refresh_token\":\"canary-refresh\",\"account_id\":\"a\"},"
                        + "\"last_refresh\":\"2026-01-01T00:00:00Z\"}");
        String fresh = jwt(scene.clock.instant().plusSeconds(86400));
        scene.answers(200, "{\"access_token\":\"" + fresh + "\",\"id_token\":\"j\"}");

        assertThat(scene.logIns().token(Agent.CODEX, null)).contains(fresh);
        assertThat(scene.logIns().token(Agent.CODEX, null)).contains(fresh);

        assertThat(scene.asked).hasSize(1);
        Json.Obj after =
                Json.parse(Files.readString(scene.home.resolve(Agent.CODEX.file()))).asObject();
        assertThat(after.object("tokens").string("account_id")).isEqualTo("a");
        assertThat(after.object("tokens").string("id_token")).isEqualTo("j");
        assertThat(after.string("last_refresh")).isEqualTo(scene.clock.instant().toString());
    }

    private static String jwt(Instant expires) {
        String claims = "{\"exp\":" + expires.getEpochSecond() + "}";
        return "eyJhbGciOiJSUzI1NiJ9."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".c2lnbmF0dXJl";
    }

    @Test
    void codex_with_an_api_key_has_no_log_in() throws Exception {
        file(Agent.CODEX, "{\"OPENAI_API_KEY\":\"canary\"}");

        assertThat(scene.logIns().token(Agent.CODEX, null)).isEmpty();
    }

    @Test
    void gemini_is_renewed_in_the_form_of_its_server() throws Exception {
        file(
                Agent.GEMINI,
                "{\"access_token\":\"canary-old\",\"refresh_token\":\"canary/refresh\","
                        + "\"expiry_date\":1769159945362.7791,\"scope\":\"s\"}");
        scene.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":3599}");

        assertThat(scene.logIns().token(Agent.GEMINI, null)).contains("canary-new");

        assertThat(List.of(scene.asked.getFirst().split("&")))
                .containsExactlyInAnyOrder(
                        "grant_type=refresh_token",
                        "refresh_token=canary%2Frefresh",
                        "client_id=client-of-gemini");
    }

    @Test
    void what_goes_wrong_is_told_without_a_word_of_any_token() throws Exception {
        claude("canary-old", scene.clock.instant().minusSeconds(1));

        scene.answers(400, "{\"error\":\"invalid_grant canary\"}");
        failing("is over", "log in again on this host: claude");
        scene.answers(500, "canary");
        failing("the server answered 500", "try again");
        scene.answers(200, "canary {");
        failing("answer has no token", "try again");
        scene.answers(302, "");
        failing("the server answered 302", "try again");
        file(Agent.CLAUDE, "{\"claudeAiOauth\":{\"accessToken\":\"canary\" broken");
        failing("cannot be read", "log in again");
    }

    private void failing(String why, String fix) {
        assertThatThrownBy(() -> scene.logIns().token(Agent.CLAUDE, null))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains(why);
                            assertThat(error.fix()).contains(fix);
                            assertThat(SecretReaderTest.stackTraceOf(error))
                                    .doesNotContain("canary");
                        });
    }

    @Test
    void a_token_that_is_still_good_is_used_when_it_cannot_be_renewed_yet() throws Exception {
        claude("canary-old", scene.clock.instant().plusSeconds(120));
        scene.answers(500, "");
        LogIns logIns = scene.logIns();

        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-old");
        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-old");
        assertThat(scene.asked).hasSize(1);
        scene.clock.pass(Duration.ofSeconds(60));
        scene.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":28800}");
        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-new");
    }

    @Test
    void where_nothing_can_be_written_no_token_is_spent() throws Exception {
        Path file = claude("canary-old", scene.clock.instant());
        Files.createDirectories(
                file.resolveSibling("..credentials.json.keystone-new").resolve("in the way"));

        failing("its file cannot be written", "try again");
        assertThat(scene.asked).isEmpty();
    }

    @Test
    void what_could_not_be_written_after_all_is_used_and_renewed_for_this_run() throws Exception {
        Path file = claude("canary-old", scene.clock.instant());
        scene.answers(
                200,
                "{\"access_token\":\"canary-new\",\"refresh_token\":\"canary-second\","
                        + "\"expires_in\":3600}");
        Path temporary = file.resolveSibling("..credentials.json.keystone-new");
        scene.meanwhile = () -> Files.deleteIfExists(temporary);
        LogIns logIns = scene.logIns();

        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-new");
        assertThat(file).content().contains("canary-old");
        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-new");
        scene.clock.pass(Duration.ofHours(1));
        scene.meanwhile = () -> "nothing";
        scene.answers(200, "{\"access_token\":\"canary-third\",\"expires_in\":3600}");
        assertThat(logIns.token(Agent.CLAUDE, null)).contains("canary-third");
        assertThat(scene.asked.getLast()).contains("canary-second");
        assertThat(file).content().contains("canary-third");
    }

    @Test
    void what_an_agent_has_written_meanwhile_is_not_overwritten() throws Exception {
        Path file = claude("canary-old", scene.clock.instant());
        scene.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":28800}");
        scene.meanwhile = () -> claude("canary-agents", scene.clock.instant().plusSeconds(9999));

        assertThat(scene.logIns().token(Agent.CLAUDE, null)).contains("canary-new");

        assertThat(file).content().contains("canary-agents").doesNotContain("canary-new");
    }
}
