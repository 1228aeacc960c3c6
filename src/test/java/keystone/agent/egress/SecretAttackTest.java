package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a hostile guest sends, and what a hostile server answers.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SecretAttackTest {
    private SecretScene scene;

    @BeforeAll
    void open(@TempDir Path directory) {
        scene =
                new SecretScene(
                        directory,
                        new Limits(
                                200,
                                8 << 10,
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(4)),
                        SecretScene.HOST);
    }

    @BeforeEach
    void forget() {
        scene.heads.clear();
        scene.api = (_, out, _) -> SecretScene.answer(out, "hello");
    }

    @AfterAll
    void close() {
        scene.close();
    }

    private String filled(String text) {
        return text.replace("|", "\r\n")
                .replace("HOST", SecretScene.HOST + ":" + scene.port)
                .replace("KEY", "x-api-key: " + scene.placeholder());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1|Host: HOST|KEY|Content-Length: 5|Transfer-Encoding: chunked||0||",
                "POST / HTTP/1.1|Host: HOST|KEY|Content-Length: 5|Content-Length: 6||hello",
                "POST / HTTP/1.1|Host: HOST|KEY|Content-Length: 5, 5||hello",
                "POST / HTTP/1.1|Host: HOST|KEY|Content-Length: +5||hello",
                "POST / HTTP/1.1|Host: HOST|KEY|Transfer-Encoding: xchunked||0||",
                "POST / HTTP/1.1|Host: HOST|KEY|Transfer-Encoding: gzip, chunked||0||",
                "POST / HTTP/1.1|Host: HOST|KEY|Transfer-Encoding: chunked|Transfer-Encoding:"
                        + " x||0||",
                "POST / HTTP/1.1|Host: HOST|KEY|Transfer-Encoding : chunked||0||",
                "POST / HTTP/1.1|Host: HOST|KEY|Connection: close, Content-Length|Content-Length:"
                        + " 5||hello",
                "GET / HTTP/1.1\nHost: HOST|KEY||",
                "GET / HTTP/1.1|Host: HOST\n|KEY||",
                "GET / HTTP/1.1|Host: HOST|X: a|  folded: b|KEY||",
                "GET / HTTP/1.1|Host: HOST|X: a\rb|KEY||",
                "GET / HTTP/1.1|Host: HOST|X: a\u0000b|KEY||",
                "GET / HTTP/1.1|Host: HOST|Host: HOST|KEY||",
                "GET / HTTP/1.1|KEY||",
                "GET / HTTP/1.1|Host: evil.example|KEY||",
                "GET / HTTP/1.1|Host: \u00adHOST|KEY||",
                "GET / HTTP/1.1|Host: HOST, evil.example|KEY||",
                "GET / HTTP/1.1|Host: evil.example#HOST|KEY||",
                "GET / HTTP/1.0|Host: HOST|KEY||",
                "GET / HTTP/2|Host: HOST|KEY||",
                "PRI * HTTP/2.0||SM||",
                "GET https://evil.example/ HTTP/1.1|Host: HOST|KEY||",
                "GET //evil.example@HOST\t/ HTTP/1.1|Host: HOST|KEY||",
                "CONNECT / HTTP/1.1|Host: HOST|KEY||",
                "CONNECT evil.example:443 HTTP/1.1|Host: HOST|KEY||",
                "GET /#x HTTP/1.1|Host: HOST|KEY||",
                "TRACE / HTTP/1.1|Host: HOST|KEY||",
                "Trace / HTTP/1.1|Host: HOST|KEY||",
                "TRACK / HTTP/1.1|Host: HOST|KEY||",
                "GET  / HTTP/1.1|Host: HOST|KEY||",
                "GET / HTTP/1.1 |Host: HOST|KEY||",
                " GET / HTTP/1.1|Host: HOST|KEY||",
                "\u0016\u0003\u0001 not HTTP at all||"
            })
    void what_two_could_understand_differently_reaches_no_server(String request)
            throws IOException {
        String answer = scene.guest().sendExactly(filled(request)).all();

        assertThat(answer).matches("(?s)HTTP/1\\.1 4\\d\\d keystone-agent: .*\nerror: .*");
        assertThat(answer).doesNotContain(SecretScene.VALUE);
        assertThat(scene.heads).isEmpty();
    }

    @Test
    void a_head_without_end_is_refused() throws IOException {
        String answer =
                scene.guest()
                        .sendExactly(filled("GET / HTTP/1.1|Host: HOST|KEY|X: " + "a".repeat(9000)))
                        .all();

        assertThat(answer).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void a_head_that_comes_byte_by_byte_for_ever_is_cut_off() throws IOException {
        SecretScene.Guest guest = scene.guest().sendExactly("GET / HTTP/1.1\r\nX: ");
        var running = new boolean[] {true};
        Thread dripping =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    boolean _ =
                                            Patience.until(
                                                    Duration.ofSeconds(20),
                                                    () -> !running[0] || !drips(guest));
                                });

        long before = System.nanoTime();
        assertThat(guest.all()).isEqualTo("<cut off>");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        running[0] = false;
        dripping.interrupt();
    }

    private static boolean drips(SecretScene.Guest guest) {
        try {
            String _ = guest.sendExactly("a").toString();
            return true;
        } catch (IOException cutOff) {
            return false;
        }
    }

    @Test
    void one_conversation_more_than_memory_is_for_waits_and_goes_and_the_others_go_on(
            @TempDir Path other) throws Exception {
        var usual = Limits.USUAL;
        var limits =
                new Limits(200, 8 << 10, usual.request(), SecretScene.seconds(6), usual.idle());
        String request = filled("GET / HTTP/1.1|Host: HOST|Connection: close||");
        var released = new CompletableFuture<String>();
        try (var many = new SecretScene(other, limits, SecretScene.HOST)) {
            many.api = (_, out, _) -> SecretScene.answer(out, released.join());
            String asked = request.replace(":" + scene.port, ":" + many.port);
            var held = new ArrayList<SecretScene.Guest>();
            for (int i = 0; i < SecretTunnel.MOST; i++) {
                held.add(many.guest().sendExactly(asked));
            }

            String connect = "CONNECT %s:%d HTTP/1.1\n\n".formatted(SecretScene.HOST, many.port);
            String why = "there are 64 connections to hosts with a secret already";
            assertThat(many.raw().head(connect).all())
                    .startsWith("HTTP/1.1 503 keystone-agent: " + why + "\r\n");
            assertThat(Patience.until(SecretScene.seconds(10), () -> hasLogged(many, why)))
                    .isTrue();
            boolean _ = released.complete("hello");
            assertThat(held).allMatch(each -> each.all().endsWith("hello"));
            assertThat(many.guest().sendExactly(asked).all()).endsWith("hello");
        }
    }

    @Test
    void who_waits_between_requests_gives_way_the_longest_first(@TempDir Path other)
            throws Exception {
        var usual = Limits.USUAL;
        var limits =
                new Limits(200, 8 << 10, usual.request(), SecretScene.seconds(20), usual.idle());
        String request = filled("GET / HTTP/1.1|Host: HOST||");
        try (var many = new SecretScene(other, limits, SecretScene.HOST)) {
            String asked = request.replace(":" + scene.port, ":" + many.port);
            var held = new ArrayList<SecretScene.Guest>();
            for (int i = 0; i < SecretTunnel.MOST; i++) {
                held.add(many.guest().sendExactly(asked));
                assertThat(held.getLast().head()).startsWith("HTTP/1.1 200 ");
                assertThat(held.getLast().exactly(5)).isEqualTo("hello");
            }

            SecretScene.Guest late = many.guest().sendExactly(asked);

            assertThat(late.head()).startsWith("HTTP/1.1 200 ");
            assertThat(held.getFirst().all()).isEqualTo("<cut off>");
            assertThat(held.getLast().sendExactly(asked).head()).startsWith("HTTP/1.1 200 ");
        }
    }

    private static boolean hasLogged(SecretScene scene, String why) {
        try {
            return scene.logged().contains(why);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void who_begins_no_tls_is_cut_off() throws IOException {
        RawClient silent = scene.raw().tunnelTo(SecretScene.HOST, scene.port);
        RawClient plain = scene.raw().tunnelTo(SecretScene.HOST, scene.port);
        String _ = plain.send(filled("GET / HTTP/1.1|Host: HOST|KEY||")).all();

        assertThat(silent.all()).isEmpty();
        assertThat(scene.heads).isEmpty();
    }

    @Test
    void a_guest_that_goes_within_its_body_takes_the_connection_with_it() throws Exception {
        var ended = new CompletableFuture<Integer>();
        scene.api = (in, _, _) -> ended.complete(countToEnd(in));

        SecretScene.Guest guest =
                scene.guest()
                        .sendExactly(
                                filled("POST / HTTP/1.1|Host: HOST|KEY|Content-Length: 99||half"));
        guest.end().finish();

        assertThat(ended.get(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(4);
    }

    private static int countToEnd(InputStream in) {
        int count = 0;
        try {
            while (in.read() >= 0) {
                count++;
            }
        } catch (IOException cutOff) {
            return count;
        }
        return count;
    }

    @Test
    void a_chunk_that_lies_about_its_size_ends_everything() throws Exception {
        var got = new CompletableFuture<Integer>();
        scene.api = (in, _, _) -> got.complete(countToEnd(in));

        String answer =
                scene.guest()
                        .sendExactly(
                                filled(
                                        "POST / HTTP/1.1|Host: HOST|KEY|Transfer-Encoding:"
                                                + " chunked||3|abcGET /evil HTTP/1.1|Host: HOST||"))
                        .all();

        assertThat(answer).isEqualTo("<cut off>");
        assertThat(got.get(20, TimeUnit.SECONDS)).isLessThan(20);
        assertThat(scene.heads).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense||",
                "HTTP/2 200 OK||",
                "HTTP/1.1 200 OK|Content-Length: 1|Content-Length: 2||ab",
                "HTTP/1.1 200 OK|Content-Length: 3|Transfer-Encoding: chunked||0||",
                "HTTP/1.1 200 OK|X: a\nY: b||",
                "HTTP/1.1 200 OK|Bad header||",
                "HTTP/1.1 101 Switching|Upgrade: websocket|Connection: Upgrade||",
                "HTTP/1.1 20 OK||"
            })
    void an_odd_answer_becomes_a_sentence(String answer) throws IOException {
        scene.api = (_, out, _) -> SecretScene.sendExactly(out, answer.replace("|", "\r\n"));

        assertThat(scene.guest().sendExactly(filled("GET / HTTP/1.1|Host: HOST|KEY||")).all())
                .startsWith("HTTP/1.1 502 keystone-agent: the answer of api.example.org")
                .doesNotContain(SecretScene.VALUE);
    }

    @Test
    void an_answer_that_only_promises_is_cut_off() throws IOException {
        scene.api =
                (_, out, _) -> {
                    for (int i = 0; i < 200; i++) {
                        SecretScene.send(out, "HTTP/1.1 100 Continue\n\n");
                    }
                };

        assertThat(scene.guest().sendExactly(filled("GET / HTTP/1.1|Host: HOST|KEY||")).all())
                .contains("HTTP/1.1 502 keystone-agent: the answer of api.example.org");
    }

    @Test
    void a_server_that_speaks_no_tls_gets_nothing(@TempDir Path other) throws IOException {
        try (var plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (Socket client = plain.accept()) {
                                    client.getOutputStream()
                                            .write("220 mail\r\n".getBytes(US_ASCII));
                                    int _ = countToEnd(client.getInputStream());
                                } catch (IOException over) {
                                    // The test has what it wanted.
                                }
                            });
            try (var plainScene = new SecretScene(other, scene.limits, SecretScene.HOST, plain)) {
                String request =
                        "GET / HTTP/1.1\nHost: %s:%d\nx-api-key: %s\n\n"
                                .formatted(
                                        SecretScene.HOST,
                                        plainScene.port,
                                        plainScene.placeholder());

                assertThat(plainScene.exchange(request))
                        .startsWith("HTTP/1.1 502 keystone-agent: no TLS could be agreed on");
            }
        }
    }

    @Test
    void an_answer_whose_head_never_ends_is_refused() throws IOException {
        scene.api =
                (_, out, _) -> SecretScene.send(out, "HTTP/1.1 200 OK\nX: " + "a".repeat(20000));

        assertThat(scene.guest().sendExactly(filled("GET / HTTP/1.1|Host: HOST|KEY||")).all())
                .startsWith("HTTP/1.1 502 ");
    }

    @Test
    void an_answer_that_is_cut_short_does_not_look_whole() throws IOException {
        scene.api =
                (_, out, _) -> {
                    SecretScene.send(out, "HTTP/1.1 200 OK\nContent-Length: 100\n\nhalf");
                    throw new IOException("hangs up");
                };

        assertThat(scene.guest().sendExactly(filled("GET / HTTP/1.1|Host: HOST|KEY||")).all())
                .endsWith("half<cut off>");
    }

    @Test
    void a_server_that_is_silent_is_cut_off() throws IOException {
        scene.api =
                (in, _, _) -> {
                    int _ = countToEnd(in);
                };

        assertThat(scene.guest().sendExactly(filled("GET / HTTP/1.1|Host: HOST|KEY||")).all())
                .isEqualTo("<cut off>");
    }
}
