package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class SecretStreamTest {
    private static final int MUCH = 16 << 20;

    @TempDir Path directory;
    private SecretScene scene;
    private String begin = "";

    @BeforeEach
    void open() {
        scene = new SecretScene(directory);
        begin =
                " HTTP/1.1\nHost: %s:%d\nx-api-key: %s\n"
                        .formatted(SecretScene.HOST, scene.port, scene.placeholder());
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void an_event_arrives_before_the_next_one_is_sent() throws Exception {
        var goOn = new CompletableFuture<String>();
        scene.api =
                (_, out, _) -> {
                    SecretScene.send(
                            out,
                            """
                            HTTP/1.1 200 OK
                            Content-Type: text/event-stream
                            Transfer-Encoding: chunked

                            7
                            data: 1
                            """);
                    goOn.orTimeout(20, TimeUnit.SECONDS).join();
                    SecretScene.send(out, "7;x=y\ndata: 2\n0\nTrailer: 1\n\n");
                };

        SecretScene.Guest guest = scene.guest().send("GET /" + begin + "\n");
        assertThat(guest.head()).contains("Transfer-Encoding: chunked");
        assertThat(guest.exactly(12)).isEqualTo("7\r\ndata: 1\r\n");
        goOn.complete("on");

        String rest = "7;x=y\r\ndata: 2\r\n0\r\nTrailer: 1\r\n\r\n";
        assertThat(guest.exactly(rest.length())).isEqualTo(rest);
    }

    @Test
    void a_connection_carries_one_request_after_the_other() throws Exception {
        SecretScene.Guest guest = scene.guest();
        for (int i = 0; i < 50; i++) {
            guest.send("GET /" + i + begin + "\n");
            assertThat(guest.head() + guest.exactly(5)).endsWith("hello");
        }

        assertThat(scene.heads).hasSize(50).allMatch(head -> head.contains(SecretScene.VALUE));
    }

    @Test
    void a_server_that_ends_an_idle_connection_ends_it_for_the_guest() throws Exception {
        var hangUp = new CompletableFuture<String>();
        scene.api =
                (_, out, _) -> {
                    SecretScene.answer(out, "hello");
                    hangUp.orTimeout(20, TimeUnit.SECONDS).join();
                    throw new IOException("hangs up");
                };
        SecretScene.Guest guest = scene.guest().send("GET /" + begin + "\n");
        assertThat(guest.head() + guest.exactly(5)).endsWith("hello");

        hangUp.complete("now");

        assertThat(guest.all()).isEmpty();
    }

    @Test
    void a_server_that_ends_just_when_it_is_asked_again_gives_no_answer() throws Exception {
        scene.api =
                (_, out, head) -> {
                    if (head.startsWith("GET /again")) {
                        throw new IOException("hangs up");
                    }
                    SecretScene.answer(out, "hello");
                };
        SecretScene.Guest guest = scene.guest().send("GET /" + begin + "\n");
        assertThat(guest.head() + guest.exactly(5)).endsWith("hello");

        assertThat(guest.send("GET /again" + begin + "\n").all()).isEqualTo("<cut off>");
    }

    @Test
    void requests_that_are_sent_ahead_are_answered_in_order() throws Exception {
        scene.api = (_, out, head) -> SecretScene.answer(out, head.substring(5, 6));
        SecretScene.Guest guest = scene.guest();

        guest.send(
                "GET /1"
                        + begin
                        + "\nGET /2"
                        + begin
                        + "\nGET /3"
                        + begin
                        + "Connection: close\n\n");

        assertThat(guest.all().replaceAll("(?s)HTTP.*?\r\n\r\n", "")).isEqualTo("123");
    }

    @Test
    void much_passes_in_both_directions_without_being_held() throws Exception {
        scene.api =
                (in, out, _) -> {
                    SecretScene.send(out, "HTTP/1.1 200 OK\nContent-Length: " + MUCH + "\n\n");
                    byte[] some = new byte[64 << 10];
                    for (int left = MUCH; left > 0; ) {
                        int got = in.read(some, 0, Math.min(left, some.length));
                        out.write(some, 0, got);
                        left -= got;
                    }
                    out.flush();
                };
        SecretScene.Guest guest = scene.guest();
        guest.send("POST /" + begin + "Content-Length: " + MUCH + "\n\n");
        byte[] piece = new byte[64 << 10];
        Arrays.fill(piece, (byte) 'x');
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();

        Thread sending =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        for (int sent = 0; sent < MUCH; sent += piece.length) {
                                            guest.end().write(piece);
                                        }
                                        guest.end().flush();
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        assertThat(guest.head()).startsWith("HTTP/1.1 200");
        long got = 0;
        while (got < MUCH) {
            var some = guest.end().some();
            assertThat(some.hasRemaining()).as("after %d bytes", got).isTrue();
            got += some.remaining();
            some.position(some.limit());
        }
        sending.join();
        System.gc();
        long after = runtime.totalMemory() - runtime.freeMemory();

        assertThat(got).isEqualTo(MUCH);
        assertThat(after - before).isLessThan(4 << 20);
    }

    @Test
    void who_waits_for_100_continue_gets_it() throws Exception {
        scene.api =
                (in, out, _) -> {
                    SecretScene.send(out, "HTTP/1.1 100 Continue\n\n");
                    SecretScene.answer(out, new String(in.readNBytes(4), US_ASCII));
                };
        SecretScene.Guest guest = scene.guest();

        guest.send("POST /" + begin + "Expect: 100-continue\nContent-Length: 4\n\n");
        assertThat(guest.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        guest.send("body");

        assertThat(guest.head() + guest.exactly(4)).endsWith("\r\n\r\nbody");
    }

    @Test
    void a_server_that_answers_before_it_has_heard_all_is_heard() throws Exception {
        scene.api =
                (_, out, _) -> {
                    SecretScene.send(
                            out,
                            "HTTP/1.1 413 Too large\nContent-Length: 0\nConnection: close\n\n");
                    throw new IOException("hangs up");
                };
        SecretScene.Guest guest = scene.guest();

        guest.send("POST /" + begin + "Content-Length: 1000000\n\nsome");

        assertThat(guest.all()).startsWith("HTTP/1.1 413 Too large");
    }

    @Test
    void chunks_and_trailers_of_a_request_pass_as_they_are() throws Exception {
        var body = new CompletableFuture<String>();
        scene.api =
                (in, out, _) -> {
                    body.complete(SecretScene.head(in));
                    SecretScene.answer(out, "got");
                };

        SecretScene.Guest guest = scene.guest();
        guest.send("POST /" + begin + "Transfer-Encoding: chunked\n\n3\nabc\n0\nSum: 1\n\n");

        assertThat(guest.head() + guest.exactly(3)).endsWith("got");
        assertThat(body.join()).isEqualTo("3\r\nabc\r\n0\r\nSum: 1\r\n\r\n");
    }

    @Test
    void answers_without_a_body_have_none() throws Exception {
        scene.api =
                (_, out, head) ->
                        SecretScene.send(
                                out,
                                head.startsWith("HEAD")
                                        ? "HTTP/1.1 200 OK\nContent-Length: 500\n\n"
                                        : head.startsWith("GET /none")
                                                ? "HTTP/1.1 204 No\n\n"
                                                : "HTTP/1.1 304 Same\nContent-Length: 9\n\n");
        SecretScene.Guest guest = scene.guest();

        guest.send("HEAD /" + begin + "\nGET /none" + begin + "\nGET /same" + begin);
        guest.send("Connection: close\n\n");

        assertThat(guest.all().split("HTTP/1.1 ")).hasSize(4);
    }

    @Test
    void an_answer_that_ends_with_its_connection_ends_so_too() throws Exception {
        scene.api =
                (_, out, _) -> {
                    SecretScene.send(out, "HTTP/1.0 200 OK\n\nall there is");
                    throw new IOException("hangs up");
                };

        assertThat(scene.guest().send("GET /" + begin + "\n").all())
                .endsWith("\r\n\r\nall there is");
    }

    @Test
    void a_websocket_is_a_plain_tunnel_after_its_handshake() throws Exception {
        scene.api =
                (in, out, _) -> {
                    SecretScene.send(
                            out,
                            """
                            HTTP/1.1 101 Switching Protocols
                            Upgrade: websocket
                            Connection: Upgrade

                            """);
                    echo(in, out);
                };
        SecretScene.Guest guest = scene.guest();

        guest.send("GET /ws" + begin + "Connection: keep-alive, Upgrade\nUpgrade: websocket\n\n");
        assertThat(guest.head()).startsWith("HTTP/1.1 101 ");
        String frame = "\u0081\u0005" + scene.placeholder() + "\n\0\u00ff";
        guest.sendExactly(frame);
        assertThat(guest.exactly(frame.length())).isEqualTo(frame);
        guest.end().finish();

        assertThat(guest.all()).isEmpty();
        assertThat(scene.heads.getFirst()).contains(SecretScene.VALUE);
    }

    private static void echo(InputStream in, OutputStream out) throws IOException {
        byte[] some = new byte[1024];
        for (int got = in.read(some); got >= 0; got = in.read(some)) {
            out.write(some, 0, got);
            out.flush();
        }
    }
}
