package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import keystone.agent.model.EgressPolicy;
import keystone.agent.process.Owned;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A secret for a service of this host's own loopback, which speaks no TLS.
@Timeout(60)
final class ClearSecretTest {
    private static final String VALUE = KeyExit.VALUE;
    private static final String HOST = EgressPolicy.THIS_HOST.text();

    @TempDir private Path directory;

    private final Owned owned = new Owned();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private KeyExit exit;
    private int port;
    private String placeholder;

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        port = server.getAddress().getPort();
        exit = KeyExit.open(owned, directory, port, HostServices.NONE);
        placeholder = exit.placeholder();
    }

    @AfterEach
    void close() {
        owned.close();
        server.stop(0);
    }

    private void answer(HttpExchange asked) throws IOException {
        String key = String.valueOf(asked.getRequestHeaders().getFirst("X-Api-Key"));
        String body = new String(asked.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        heard.add(key + " " + asked.getRequestURI() + " " + body);
        asked.getResponseHeaders().add("X-Echo", key);
        byte[] answer = "thanks".getBytes(StandardCharsets.UTF_8);
        asked.sendResponseHeaders(200, answer.length);
        asked.getResponseBody().write(answer);
        asked.close();
    }

    private String request(String target, String more) {
        return "POST %s HTTP/1.1\nHost: %s:%d\nX-Api-Key: %s\nContent-Length: 5\n%s\nhello"
                .formatted(target, HOST, port, placeholder, more);
    }

    @Test
    void through_a_tunnel_it_is_put_in_and_taken_out_of_the_answer() throws Exception {
        RawClient guest = exit.client().tunnelTo(HOST, port);

        guest.head(request("/one", ""));
        String first = guest.answerHead();
        assertThat(guest.exactly(6)).asString().isEqualTo("thanks");
        String second = guest.head(request("/two", "Connection: close\n")).all();

        assertThat(heard).containsExactly(VALUE + " /one hello", VALUE + " /two hello");
        assertThat(first + second).contains(placeholder, "thanks").doesNotContain(VALUE);
        assertThat(Files.readString(directory.resolve("egress.jsonl"))).doesNotContain(VALUE);
    }

    @Test
    void so_it_is_when_the_proxy_is_asked_without_a_tunnel() throws Exception {
        String target = "http://%s:%d/v1".formatted(HOST, port);

        String answer = exit.client().head(request(target, "")).all();

        assertThat(heard).containsExactly(VALUE + " /v1 hello");
        assertThat(answer).startsWith("HTTP/1.1 200 ").contains(placeholder, "thanks");
        assertThat(answer).doesNotContain(VALUE);
    }

    @Test
    void an_echo_and_what_is_no_http_are_refused() throws Exception {
        RawClient echo = exit.client().tunnelTo(HOST, port);
        assertThat(echo.head("TRACE / HTTP/1.1\nHost: %s:%d\n\n".formatted(HOST, port)).all())
                .startsWith("HTTP/1.1 4");
        RawClient odd = exit.client().tunnelTo(HOST, port);
        assertThat(odd.send("hello\r\n\r\n").all()).startsWith("HTTP/1.1 4");
        RawClient elsewhere = exit.client().tunnelTo(HOST, port);
        assertThat(
                        elsewhere
                                .head(
                                        "GET / HTTP/1.1\nHost: api.example.org\nX-Api-Key: %s\n\n"
                                                .formatted(placeholder))
                                .all())
                .startsWith("HTTP/1.1 421 ");
        assertThat(heard).isEmpty();
    }
}
