package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import keystone.agent.model.HostAnswer;
import keystone.agent.model.HostContact;
import keystone.agent.model.HostName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SecretExchangeTest {
    @TempDir Path directory;
    private SecretScene scene;
    private String placeholder = "";
    private String host = "";

    @BeforeEach
    void open() {
        scene = new SecretScene(directory);
        placeholder = scene.placeholder();
        host = SecretScene.HOST + ":" + scene.port;
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /// A request with these lines, and no more after it.
    private String get(String path, String... lines) {
        return "GET %s HTTP/1.1\nHost: %s\n%sConnection: close\n\n"
                .formatted(path, host, lines.length == 0 ? "" : String.join("\n", lines) + "\n");
    }

    private String sent() {
        assertThat(scene.heads).hasSize(1);
        return scene.heads.getFirst();
    }

    @Test
    void a_header_gets_the_secret_and_the_guest_sees_the_placeholder_alone() throws Exception {
        String answer = scene.exchange(get("/v1/models", "x-api-key: " + placeholder));

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello");
        assertThat(sent())
                .contains("\r\nx-api-key: " + SecretScene.VALUE + "\r\n")
                .contains("\r\nX-Beta: oauth-1\r\n")
                .doesNotContain(placeholder);
        assertThat(answer).doesNotContain(SecretScene.VALUE);
    }

    @Test
    void that_its_server_wants_to_be_asked_later_is_known_at_once() throws Exception {
        scene.api =
                (_, out, _) ->
                        SecretScene.send(
                                out, "HTTP/1.1 429 Too Many Requests\nContent-Length: 0\n\n");
        var troubles = new CopyOnWriteArrayList<HostAnswer>();
        try (Owned.Ending _ = scene.egressLog.listen(Instant.EPOCH, hearing(troubles::add))) {
            String answer = scene.exchange(get("/v1/models", "x-api-key: " + placeholder));

            assertThat(answer).startsWith("HTTP/1.1 429 ");
            assertThat(troubles).containsExactly(new HostAnswer(SecretScene.HOST, 429));
        }
    }

    private static EgressLog.Hearing hearing(Consumer<HostAnswer> troubles) {
        return new EgressLog.Hearing() {
            @Override
            public void contacted(HostContact contact) {}

            @Override
            public void troubled(HostAnswer answer) {
                troubles.accept(answer);
            }
        };
    }

    @Test
    void a_bearer_keeps_its_scheme_as_it_was_written() throws Exception {
        String _ =
                scene.exchange(
                        get("/", "authorization: bearer " + placeholder, "X-Beta: a, oauth-1"));

        assertThat(sent())
                .contains("\r\nauthorization: bearer " + SecretScene.VALUE + "\r\n")
                .contains("\r\nX-Beta: a, oauth-1\r\n");
    }

    @Test
    void its_companion_joins_those_that_are_there() throws Exception {
        String _ = scene.exchange(get("/", "x-api-key: " + placeholder, "x-beta: a,b"));

        assertThat(sent()).contains("\r\nx-beta: a,b,oauth-1\r\n").doesNotContain("X-Beta");
    }

    @Test
    void basic_gets_it_as_name_or_as_password() throws Exception {
        for (String pair : new String[] {"git:%s", "%s:x-oauth-basic"}) {
            scene.heads.clear();
            String mine = base64(pair.formatted(placeholder));

            String _ = scene.exchange(get("/repo.git/info/refs", "Authorization: Basic " + mine));

            assertThat(sent())
                    .contains(
                            "Authorization: Basic "
                                    + base64(pair.formatted(SecretScene.VALUE))
                                    + "\r\n");
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
    }

    @Test
    void a_parameter_gets_it_and_the_others_stay_as_they_are() throws Exception {
        String _ = scene.exchange(get("/v1?a=%20b&key=" + placeholder + "&key=other&c"));

        assertThat(sent())
                .startsWith(
                        "GET /v1?a=%20b&key=" + SecretScene.VALUE + "&key=other&c HTTP/1.1\r\n");
    }

    @Test
    void anywhere_else_the_placeholder_stays_one() throws Exception {
        scene.api =
                (in, out, _) -> {
                    byte[] body = in.readNBytes(placeholder.length());
                    SecretScene.answer(out, new String(body, US_ASCII));
                };

        String answer =
                scene.exchange(
                        """
                        POST /%1$s?other=%1$s&q=key=%1$s HTTP/1.1
                        Host: %2$s
                        User-Agent: %1$s
                        Cookie: x-api-key=%1$s
                        X-Api-Key2: %1$s
                        X-Api-Key: %1$s and more
                        Authorization: Digest %1$s
                        Content-Length: %3$d
                        Connection: close

                        %1$s\
                        """
                                .formatted(placeholder, host, placeholder.length()));

        assertThat(answer).endsWith(placeholder);
        assertThat(sent()).doesNotContain(SecretScene.VALUE);
        assertThat(scene.sources.asked).isEmpty();
    }

    @Test
    void what_is_not_a_placeholder_passes_as_it_is() throws Exception {
        String _ = scene.exchange(get("/", "x-api-key: my-own-key", "Odd:  value \t"));

        assertThat(sent()).contains("x-api-key: my-own-key\r\n").doesNotContain("X-Beta");
    }

    @Test
    void another_host_gets_no_secret_and_its_tls_is_its_own() throws Exception {
        String request =
                "GET / HTTP/1.1\nHost: x\nx-api-key: %s\nConnection: close\n\n"
                        .formatted(placeholder);

        // This guest trusts the world's authority only: nobody stands in between.
        String answer = scene.guest(SecretScene.OTHER, scene.otherPort).send(request).all();

        assertThat(answer).endsWith("other");
        assertThat(sent()).contains(placeholder).doesNotContain(SecretScene.VALUE);
    }

    @Test
    void another_port_of_the_host_gets_no_secret() throws Exception {
        assertThat(
                        scene.guest(SecretScene.HOST, scene.otherPort, SecretScene.OTHER)
                                .send(get("/", "x-api-key: " + placeholder))
                                .all())
                .endsWith("other");

        assertThat(sent()).doesNotContain(SecretScene.VALUE);
    }

    @Test
    void a_redirect_that_echoes_the_secret_comes_back_with_the_placeholder() throws Exception {
        String value = SecretScene.VALUE;
        scene.api =
                (_, out, _) ->
                        SecretScene.send(
                                out,
                                """
                                HTTP/1.1 302 Found %s
                                Location: https://evil.example/?key=%s
                                X-Echo: Bearer %s
                                X-Basic: %s
                                Content-Length: 0

                                """
                                        .formatted(value, value, value, base64("ab:" + value)));

        String answer = scene.exchange(get("/", "x-api-key: " + placeholder));

        assertThat(answer)
                .doesNotContain(value)
                .doesNotContain(base64("ab:" + value).substring(8))
                .contains("\r\nLocation: https://evil.example/?key=" + placeholder + "\r\n")
                .contains("\r\nX-Echo: Bearer " + placeholder + "\r\n");
    }

    @Test
    void a_secret_that_comes_back_later_is_recognised_too() throws Exception {
        String _ = scene.exchange(get("/", "x-api-key: " + placeholder));
        scene.sources.stored.set(SecretScene.NAME, "canary-second", Encoding.PLAIN);
        String _ = scene.exchange(get("/", "x-api-key: " + placeholder));
        scene.api =
                (_, out, _) ->
                        SecretScene.send(
                                out,
                                "HTTP/1.1 200 OK\nSet-Cookie: a=%s; b=canary-second\nContent-Length: 0\n\n"
                                        .formatted(SecretScene.VALUE));

        assertThat(scene.exchange(get("/")))
                .contains("Set-Cookie: a=%1$s; b=%1$s\r\n".formatted(placeholder))
                .doesNotContain("canary");
    }

    @Test
    void a_host_that_is_not_the_tunnels_is_refused_with_a_sentence() throws Exception {
        for (String other : new String[] {SecretScene.OTHER, SecretScene.HOST, host + "@x", ""}) {
            String answer =
                    scene.exchange(
                            "GET / HTTP/1.1\nHost: %s\nx-api-key: %s\n\n"
                                    .formatted(other, placeholder));

            assertThat(answer).matches("(?s)HTTP/1.1 4(21|00) keystone-agent: the Host header .*");
        }
        assertThat(scene.heads).isEmpty();
    }

    @Test
    void a_name_in_tls_that_is_not_the_tunnels_is_refused_with_a_sentence() throws Exception {
        // It pins nothing, as a hostile guest would not.
        RawClient raw = scene.raw().tunnelTo(SecretScene.HOST, scene.port);
        var named = new Target(new HostName(SecretScene.OTHER), scene.port);
        var end =
                TlsEnd.asking(
                        Gullible.context(), named, new Line(raw.channel, () -> {}), Spoken.HTTP_1);

        String answer =
                new SecretScene.Guest(end).send(get("/", "x-api-key: " + placeholder)).all();

        assertThat(answer)
                .startsWith("HTTP/1.1 421 keystone-agent: TLS was begun for another host");
        assertThat(scene.heads).isEmpty();
    }

    @Test
    void a_server_that_is_not_who_it_should_be_gets_nothing(@TempDir Path other) throws Exception {
        try (var impostor =
                new SecretScene(
                        other,
                        new Limits(
                                8,
                                8 << 10,
                                SecretScene.seconds(5),
                                SecretScene.seconds(5),
                                SecretScene.seconds(20)),
                        SecretScene.OTHER)) {
            String answer =
                    impostor.exchange(
                            "GET / HTTP/1.1\nHost: %s:%d\nx-api-key: %s\n\n"
                                    .formatted(
                                            SecretScene.HOST,
                                            impostor.port,
                                            impostor.placeholder()));

            assertThat(answer)
                    .startsWith(
                            "HTTP/1.1 502 keystone-agent: api.example.org does not prove who it"
                                    + " is");
            assertThat(impostor.heads).isEmpty();
        }
    }

    @Test
    void a_guest_that_does_not_trust_the_authority_gets_no_connection() {
        assertThatThrownBy(
                        () -> {
                            RawClient raw = scene.raw().tunnelTo(SecretScene.HOST, scene.port);
                            TlsEnd.asking(
                                    SecretScene.trusting(scene.world.certificate()),
                                    new Target(new HostName(SecretScene.HOST), scene.port),
                                    new Line(raw.channel, () -> {}),
                                    Spoken.HTTP_1);
                        })
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_secret_that_was_replaced_or_removed_counts_at_once() throws Exception {
        SecretScene.Guest guest = scene.guest();
        String request = "GET / HTTP/1.1\nHost: %s\nx-api-key: %s\n\n".formatted(host, placeholder);
        guest.send(request);
        assertThat(guest.head() + guest.exactly(5)).endsWith("hello");

        scene.sources.stored.set(SecretScene.NAME, "canary-second", Encoding.PLAIN);
        guest.send(request);
        assertThat(guest.head() + guest.exactly(5)).endsWith("hello");
        scene.sources.stored.remove(SecretScene.NAME);
        guest.send(request);
        assertThat(guest.head() + guest.exactly(5)).endsWith("hello");

        assertThat(scene.heads.get(0)).contains("x-api-key: " + SecretScene.VALUE + "\r\n");
        assertThat(scene.heads.get(1)).contains("x-api-key: canary-second\r\n");
        assertThat(scene.heads.get(2)).contains("x-api-key: " + SecretScene.VALUE + "\r\n");
    }

    @Test
    void after_a_401_the_secret_is_read_again() throws Exception {
        scene.sources.stored.set(SecretScene.NAME, "canary-first", Encoding.PLAIN);
        scene.api = (_, out, _) -> SecretScene.send(out, "HTTP/1.1 401 No\nContent-Length: 0\n\n");
        String _ = scene.exchange(get("/", "x-api-key: " + placeholder));
        scene.sources.stored.set(SecretScene.NAME, "canary-second", Encoding.PLAIN);
        String _ = scene.exchange(get("/", "x-api-key: " + placeholder));

        assertThat(scene.heads.get(0)).contains("x-api-key: canary-first\r\n");
        assertThat(scene.heads.get(1)).contains("x-api-key: canary-second\r\n");
    }

    @Test
    void the_log_names_the_secret_and_nothing_of_it() throws Exception {
        String _ = scene.exchange(get("/?key=" + placeholder, "x-api-key: " + placeholder));
        assertThat(Patience.until(SecretScene.seconds(10), this::isLogged)).isTrue();

        assertThat(scene.logged())
                .contains("with the secret KEY")
                .doesNotContain(SecretScene.VALUE)
                .doesNotContain(placeholder);
        assertThat(
                        scene.secrets
                                + " "
                                + scene.secrets.boundFor(
                                        new Target(new HostName(SecretScene.HOST), scene.port)))
                .doesNotContain("canary")
                .isEqualTo("Secrets[blue] [Binding[KEY]]");
    }

    private boolean isLogged() {
        try {
            return scene.logged().contains("\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
