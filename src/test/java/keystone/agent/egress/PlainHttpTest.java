package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class PlainHttpTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir Path directory;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private ProxyScene scene;
    private int port;

    @BeforeEach
    void open() {
        scene = ProxyScene.in(directory);
        port =
                scene.server(
                        "example.org",
                        (in, out, _) -> {
                            received.add(request(in));
                            out.write(ANSWER.getBytes(ISO_8859_1));
                            out.flush();
                        });
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /// A head, and the body that `X-Expect` says is coming.
    private static String request(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return text.toString();
            }
            text.append((char) next);
        }
        int at = text.indexOf("X-Expect: ");
        int length =
                at < 0 ? 0 : Integer.parseInt(text.substring(at + 10, text.indexOf("\r\n", at)));
        return text + new String(in.readNBytes(length), ISO_8859_1);
    }

    private String sent() throws InterruptedException {
        return String.valueOf(received.poll(10, TimeUnit.SECONDS));
    }

    private RawClient ask(String text) throws IOException {
        return scene.client().head(text.replace("PORT", Integer.toString(port)));
    }

    @Test
    void a_request_is_made_anew_for_its_server() throws Exception {
        RawClient client =
                ask(
                        """
                        GET http://Example.org:PORT/a?b=c HTTP/1.1
                        Host: example.ORG:PORT
                        Accept: */*
                        Proxy-Connection: keep-alive
                        Proxy-Authorization: Basic abc
                        Connection: keep-alive, X-Private
                        X-Private: 1
                        Keep-Alive: timeout=5
                        TE: trailers
                        Upgrade: h2c
                        X-Kept:\ta b\t

                        """);

        assertThat(client.all()).isEqualTo(ANSWER);
        assertThat(sent())
                .isEqualTo(
                        """
                        GET /a?b=c HTTP/1.1
                        Host: example.org:%d
                        Accept: */*
                        X-Kept: a b
                        Connection: close

                        """
                                .formatted(port)
                                .replace("\n", "\r\n"));
    }

    @Test
    void a_server_cannot_be_deprived_of_host_and_length() throws Exception {
        ask(
                """
                POST http://example.org:PORT HTTP/1.1
                Host: example.org:PORT
                Connection: host, content-length
                Content-Length: 4
                X-Expect: 4

                body""");

        assertThat(sent())
                .startsWith("POST / HTTP/1.1\r\nHost: example.org:" + port)
                .contains("Content-Length: 4\r\n")
                .endsWith("\r\n\r\nbody");
    }

    @Test
    void only_one_request_reaches_a_server_whatever_follows() throws Exception {
        RawClient client =
                ask(
                        """
                        POST http://example.org:PORT/ HTTP/1.1
                        Host: example.org:PORT
                        Content-Length: 4
                        X-Expect: 4

                        bodyGET http://10.0.0.1/ HTTP/1.1
                        Host: 10.0.0.1

                        """);

        assertThat(client.all()).isEqualTo(ANSWER);
        String sent = sent();
        assertThat(sent).endsWith("\r\n\r\nbody");
        assertThat(received).isEmpty();
        assertThat(scene.logged(1).getFirst().number("bytesOut")).isEqualTo(sent.length());
    }

    @Test
    void chunks_are_passed_on_anew_without_what_surrounds_them() throws Exception {
        ask(
                """
                POST http://example.org:PORT/ HTTP/1.1
                Host: example.org:PORT
                Transfer-Encoding: chunked
                X-Expect: 26

                04;name=value
                body
                00A
                0123456789
                0
                X-Trailer: 1

                GET http://10.0.0.1/ HTTP/1.1

                """);

        assertThat(sent())
                .contains("Transfer-Encoding: chunked\r\n")
                .endsWith("\r\n\r\n4\r\nbody\r\na\r\n0123456789\r\n0\r\n\r\n".substring(0, 4 + 26));
    }

    /// Each of these means one thing to one reader and another to the next.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST http://H/ HTTP/1.1\nHost: H\nContent-Length: 4\nTransfer-Encoding: chunked\n\n",
                "POST http://H/ HTTP/1.1\nHost: H\nContent-Length: 4\nContent-Length: 4\n\nbody",
                "POST http://H/ HTTP/1.1\nHost: H\nContent-Length: 4, 4\n\nbody",
                "POST http://H/ HTTP/1.1\nHost: H\nContent-Length: +4\n\nbody",
                "POST http://H/ HTTP/1.1\nHost: H\nContent-Length: -1\n\n",
                "POST http://H/ HTTP/1.1\nHost: H\nContent-Length: 0x4\n\nbody",
                "POST http://H/ HTTP/1.1\nHost: H\nContent-Length: 99999999999999999999\n\n",
                "POST http://H/ HTTP/1.1\nHost: H\nTransfer-Encoding: xchunked\n\n",
                "POST http://H/ HTTP/1.1\nHost: H\nTransfer-Encoding: gzip, chunked\n\n",
                "POST http://H/ HTTP/1.1\nHost: H\nTransfer-Encoding: chunked\nTransfer-Encoding: identity\n\n",
                "POST http://H/ HTTP/1.1\nHost: H\nTransfer-Encoding:\n\n",
                "POST http://H/ HTTP/1.0\nHost: H\nTransfer-Encoding: chunked\n\n0\n\n",
                "GET http://H/ HTTP/1.1\nHost : H\n\n",
                "GET http://H/ HTTP/1.1\nHost: H\n X: folded\n\n",
                "GET http://H/ HTTP/1.1\nHost: H\nX: a\n\tfolded\n\n",
                "GET http://H/ HTTP/1.1\nHost: H\nNoColon\n\n",
                "GET http://H/ HTTP/1.1\nHost: H\n: empty\n\n",
                "GET http://H/ HTTP/1.1\nHost: H\nX: a\0b\n\n",
                "GET http://H/ HTTP/1.1\n\n",
                "GET http://H/ HTTP/1.1\nHost: H\nHost: H\n\n",
                "GET http://H/ HTTP/1.1\nHost: 10.0.0.1\n\n",
                "GET http://H/ HTTP/1.1\nHost: H:81\n\n",
                "GET http://H@10.0.0.1/ HTTP/1.1\nHost: H\n\n",
                "GET http://10.0.0.1\\@H/ HTTP/1.1\nHost: H\n\n",
                "GET http://H#@10.0.0.1/ HTTP/1.1\nHost: H\n\n",
                "GET http:///H/ HTTP/1.1\nHost: H\n\n",
                "GET https://H/ HTTP/1.1\nHost: H\n\n",
                "GET ftp://H/ HTTP/1.1\nHost: H\n\n",
                "GET / HTTP/1.1\nHost: H\n\n",
                "GET //H/ HTTP/1.1\nHost: H\n\n",
                "OPTIONS * HTTP/1.1\nHost: H\n\n",
                "GET  http://H/ HTTP/1.1\nHost: H\n\n",
                "GET http://H/ HTTP/1.1 \nHost: H\n\n",
                "GET http://H/ HTTP/2.0\nHost: H\n\n",
                "GET http://H/\n\n",
                "GET http://H/a b HTTP/1.1\nHost: H\n\n",
                "GET http://H/\u00e9 HTTP/1.1\nHost: H\n\n",
                "TRACE http://H/ HTTP/1.1\nHost: H\nMax-Forwards: 0\n\n",
                "track http://H/ HTTP/1.1\nHost: H\n\n",
                "G@T http://H/ HTTP/1.1\nHost: H\n\n",
                "\nGET http://H/ HTTP/1.1\nHost: H\n\n",
                "CONNECT H HTTP/1.1\n\n",
                "CONNECT H: HTTP/1.1\n\n",
                "CONNECT H:0 HTTP/1.1\n\n",
                "CONNECT H:99999 HTTP/1.1\n\n",
                "CONNECT H:80:80 HTTP/1.1\n\n",
                "CONNECT http://H:80 HTTP/1.1\n\n",
                "CONNECT H:80/ HTTP/1.1\n\n",
                "CONNECT user@H:80 HTTP/1.1\n\n",
                "CONNECT H:80 HTTP/1.1\nHost: 10.0.0.1:80\n\n",
                "CONNECT H:80 HTTP/1.1\nContent-Length: 5\n\nhello",
                "CONNECT H:80 HTTP/1.1\nTransfer-Encoding: chunked\n\n0\n\n"
            })
    void what_can_be_read_in_two_ways_is_refused(String request) throws Exception {
        // `H` alone is the server, also where something is around it.
        String host = request.startsWith("CONNECT") ? "example.org" : "example.org:" + port;
        RawClient client = scene.client().head(request.replaceAll("\\bH\\b", host));
        client.finish();

        assertThat(client.all()).startsWith("HTTP/1.1 400 keystone-agent: ");
        assertThat(received).isEmpty();
        assertThat(scene.names.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://example.org/ HTTP/1.1\nHost: example.org\r\n\r\n",
                "GET http://example.org/ HTTP/1.1\r\nHost: example.org\n\n",
                "GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nX: a\rb\r\n\r\n",
                "GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nX: a\nContent-Length: 4\r\n\r\n",
                "GET http://example.org/ HTTP/1.1\r\r\nHost: example.org\r\n\r\n"
            })
    void only_cr_and_lf_together_end_a_line(String request) throws Exception {
        RawClient client = scene.client().send(request).finish();

        assertThat(client.all()).startsWith("HTTP/1.1 400 keystone-agent: ");
        assertThat(scene.names.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\nbody",
                "-4\nbody",
                "fffffffff\nbody",
                "4 4\nbody",
                "3\nbody",
                "4\nbodyX"
            })
    void a_chunk_that_does_not_fit_ends_the_connection(String chunk) throws Exception {
        RawClient client =
                ask(
                        """
                        POST http://example.org:PORT/ HTTP/1.1
                        Host: example.org:PORT
                        Transfer-Encoding: chunked
                        X-Expect: 100

                        %s
                        0

                        """
                                .formatted(chunk));

        assertThat(client.all()).isEmpty();
        assertThat(sent()).doesNotContain("0\r\n\r\n");
    }
}
