package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import keystone.agent.egress.Http2Sections.Section;
import keystone.agent.egress.hpack.HeaderField;
import keystone.agent.model.HostAnswer;
import keystone.agent.model.HostContact;
import keystone.agent.model.HostName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.process.Owned;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Programs that speak HTTP/2 and nothing else, toward hosts that a secret is for.
@Timeout(60)
final class Http2ExchangeTest {
    private static final int END = Http2Frame.END_STREAM;

    @TempDir Path directory;
    private Http2Scene scene;
    private String placeholder = "";

    @BeforeEach
    void open() throws IOException {
        scene = new Http2Scene(directory);
        placeholder = scene.scene.placeholder();
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void a_head_gets_the_secret_and_all_else_passes() throws Exception {
        Http2Peer guest = scene.guest();
        guest.head(1, 0, scene.get("/v1?key=" + placeholder, scene.key(), "te: trailers"));
        guest.send(Http2Frame.DATA, 0, 1, placeholder);
        guest.head(1, END, "sum: 1");

        assertThat(guest.lines()).containsExactly(":status: 200", "content-type: text/plain");
        assertThat(Http2Peer.text(guest.next())).isEqualTo("hello");
        assertThat(scene.heads.getFirst())
                .containsExactly(
                        ":method: GET",
                        ":scheme: https",
                        ":authority: " + SecretScene.HOST + ":" + scene.scene.port,
                        ":path: /v1?key=" + SecretScene.VALUE,
                        "x-api-key: " + SecretScene.VALUE,
                        "te: trailers",
                        "x-beta: oauth-1");
        assertThat(scene.heads.getLast()).containsExactly("sum: 1");
        assertThat(scene.scene.logged()).isEmpty();
        guest.end.finish();
        scene.awaitLogged("with the secret");
    }

    @Test
    void requests_are_answered_in_any_order() throws Exception {
        scene.api =
                peer -> {
                    Section first = peer.section();
                    Section second = peer.section();
                    for (Section each : List.of(second, first)) {
                        peer.head(each.stream(), END, ":status: 204", "is: " + each.stream());
                    }
                    peer.next();
                };
        Http2Peer guest = scene.guest();
        guest.head(1, END, scene.get("/1", scene.key())).head(3, END, scene.get("/2"));

        assertThat(guest.lines()).contains("is: 3");
        assertThat(guest.lines()).contains("is: 1");
    }

    @Test
    void an_event_arrives_before_the_next_one_is_sent() throws Exception {
        var goOn = new CompletableFuture<String>();
        scene.api =
                peer -> {
                    int stream = peer.section().stream();
                    peer.head(stream, 0, ":status: 200");
                    peer.send(Http2Frame.DATA, 0, stream, "data: 1");
                    goOn.orTimeout(20, TimeUnit.SECONDS).join();
                    peer.send(Http2Frame.DATA, 0, stream, "data: 2");
                    peer.head(stream, END, "grpc-status: 0");
                    peer.next();
                };
        Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key()));

        assertThat(guest.lines()).containsExactly(":status: 200");
        assertThat(Http2Peer.text(guest.next())).isEqualTo("data: 1");
        goOn.complete("on");
        assertThat(Http2Peer.text(guest.next())).isEqualTo("data: 2");
        assertThat(guest.lines()).containsExactly("grpc-status: 0");
    }

    @Test
    void a_secret_that_comes_back_is_the_placeholder_again() throws Exception {
        scene.api =
                peer -> {
                    Section asked = peer.section();
                    String value =
                            asked.fields().stream()
                                    .filter(each -> each.name().equals("x-api-key"))
                                    .map(HeaderField::value)
                                    .findFirst()
                                    .orElseThrow();
                    peer.head(asked.stream(), 0, ":status: 200", "you-said: " + value);
                    peer.head(asked.stream(), END, "again: <" + value + ">");
                    peer.send(Http2Frame.GOAWAY, 0, 0, "\0\0\0\1\0\0\0\0" + value);
                    peer.next();
                };
        Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key()));

        assertThat(guest.lines()).containsExactly(":status: 200", "you-said: " + placeholder);
        assertThat(guest.lines()).containsExactly("again: <" + placeholder + ">");
        assertThat(Http2Peer.text(guest.next())).isEqualTo("\0\0\0\1\0\0\0\0");
    }

    @Test
    void a_log_in_that_is_refused_is_renewed_for_the_next_request() throws Exception {
        Path file = scene.scene.sources.home.resolve(SecretSource.Agent.CLAUDE.file());
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(
                file,
                """
                {"claudeAiOauth":{"accessToken":"canary-old","refreshToken":"r",\
                "expiresAt":4102444800000}}""");
        scene.scene.sources.answers(200, "{\"access_token\":\"canary-new\",\"expires_in\":3600}");
        scene.api =
                peer -> {
                    Section first = peer.section();
                    scene.heads.add(Http2Peer.lines(first));
                    scene.scene.sources.clock.pass(Duration.ofMinutes(1));
                    peer.head(first.stream(), END, ":status: 401");
                    scene.answerAll(peer);
                };
        Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key()));
        assertThat(guest.lines()).containsExactly(":status: 401");

        guest.head(3, END, scene.get("/", scene.key()));

        assertThat(guest.lines()).contains(":status: 200");
        assertThat(scene.heads.getFirst()).contains("x-api-key: canary-old");
        assertThat(scene.heads.getLast()).contains("x-api-key: canary-new");
    }

    @Test
    void that_its_server_wants_to_be_asked_later_is_known_at_once() throws Exception {
        scene.api =
                peer -> {
                    peer.head(peer.section().stream(), END, ":status: 429");
                    peer.next();
                };
        var troubles = new CopyOnWriteArrayList<HostAnswer>();
        try (Owned.Ending _ = scene.scene.egressLog.listen(Instant.EPOCH, new Hearing(troubles))) {
            Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key()));

            assertThat(guest.lines()).containsExactly(":status: 429");
            assertThat(troubles).containsExactly(new HostAnswer(SecretScene.HOST, 429));
        }
    }

    private record Hearing(List<HostAnswer> troubles) implements EgressLog.Hearing {
        @Override
        public void contacted(HostContact contact) {}

        @Override
        public void troubled(HostAnswer answer) {
            troubles.add(answer);
        }
    }

    private void makeUnreadable() throws IOException {
        scene.scene.sources.stored.set(SecretScene.NAME, "canary-first", Encoding.PLAIN);
        Files.writeString(scene.scene.sources.stored.file(SecretScene.NAME), "two\nlines");
    }

    @Test
    void a_request_without_its_secret_is_refused_and_others_go_on() throws Exception {
        makeUnreadable();
        Http2Peer guest = scene.guest().head(1, 0, scene.get("/", scene.key()));

        assertThat(guest.lines())
                .containsExactly(
                        ":status: 403",
                        "content-length: 0",
                        "keystone-agent: a secret for api.example.org cannot be read on the host;"
                                + " on the host: keystone-agent tokens list   # says why");
        assertThat(guest.next().type()).isEqualTo(Http2Frame.RST_STREAM);
        // It was sent meanwhile, and costs the others nothing.
        guest.send(Http2Frame.DATA, END, 1, "more");
        Http2Frame room = guest.next();
        assertThat(room.type()).isEqualTo(Http2Frame.WINDOW_UPDATE);
        assertThat(Http2Peer.text(room)).isEqualTo("\0\0\0\4");

        guest.head(3, END, scene.get("/other"));

        assertThat(guest.lines()).contains(":status: 200");
        assertThat(scene.heads).hasSize(1);
    }

    @Test
    void a_program_of_grpc_reads_why_in_its_own_fields() throws Exception {
        makeUnreadable();
        Http2Peer guest =
                scene.guest()
                        .head(
                                1,
                                END,
                                scene.get("/", scene.key(), "content-type: application/grpc+x"));

        assertThat(guest.lines())
                .startsWith(":status: 200", "content-type: application/grpc", "grpc-status: 7")
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "grpc-message: a secret for api.example.org cannot"));
    }

    @Test
    void who_speaks_both_is_given_the_simpler_one() throws Exception {
        assertThat(Spoken.of(List.of("h2", "http/1.1"))).contains(Spoken.HTTP_1);
        assertThat(Spoken.of(List.of("grpc-exp", "h2"))).contains(Spoken.HTTP_2);
        assertThat(Spoken.of(List.of("spdy/3"))).isEmpty();
    }

    @Test
    void a_server_that_does_not_speak_it_is_said_so(@TempDir Path other) throws Exception {
        try (var old = new SecretScene(other)) {
            RawClient raw = old.raw().tunnelTo(SecretScene.HOST, old.port);
            Http2Peer guest =
                    Http2Peer.guest(
                            TlsEnd.asking(
                                    SecretScene.trusting(old.secrets.authority().certificate()),
                                    new Target(new HostName(SecretScene.HOST), old.port),
                                    new Line(raw.channel, () -> {}),
                                    Spoken.HTTP_2));

            assertThat(Http2Peer.text(guest.next()))
                    .endsWith(
                            "api.example.org does not speak the protocol that the program speaks"
                                    + " alone");
            assertThat(old.heads).isEmpty();
        }
    }

    @Test
    void a_replaced_secret_counts_for_the_next_request() throws Exception {
        Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key()));
        assertThat(guest.lines()).contains(":status: 200");
        Http2Frame _ = guest.next();

        scene.scene.sources.stored.set(SecretScene.NAME, "canary-second", Encoding.PLAIN);
        guest.head(3, END, scene.get("/", scene.key()));

        assertThat(guest.lines()).contains(":status: 200");
        assertThat(scene.heads.getLast()).contains("x-api-key: canary-second");
    }
}
