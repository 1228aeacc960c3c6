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
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.PlaceholderShape;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.process.Owned;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A secret for a service of this host's own loopback, which speaks no TLS.
@Timeout(60)
final class ClearSecretTest {
    private static final String VALUE = "canary-value-4d1f0a77b2c94e5f8a60";
    private static final String HOST = EgressPolicy.THIS_HOST.text();

    @TempDir private Path directory;

    private final Owned owned = new Owned();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Secrets secrets;
    private int port;
    private String placeholder;

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        port = server.getAddress().getPort();
        var sources = new SourceScene(directory);
        sources.environment.put("KEY", VALUE);
        var secret =
                new SecretRef(
                        SourceScene.NAME,
                        List.of(new SecretSource.Variable("KEY")),
                        Encoding.PLAIN,
                        List.of(EgressPolicy.hostPort(port)),
                        List.of(SecretPlace.header("X-Api-Key")),
                        null,
                        new PlaceholderShape("sk-ant-", 60));
        secrets =
                new Secrets(
                        new Secrets.Run(new SandboxName("blue"), Map.of(), new Redactor()),
                        List.of(secret),
                        sources.reader(),
                        sources.clock,
                        List::of);
        placeholder = Objects.requireNonNull(secrets.allPlaceholders().get(SourceScene.NAME));
        EgressPolicy policy =
                EgressPolicy.of(EgressMode.BALANCED)
                        .with(new Rule(EgressPolicy.hostPort(port), Effect.ALLOW));
        EgressLog log = owned.own(EgressLog.open(directory.resolve("egress.jsonl")));
        var seconds = Duration.ofSeconds(10);
        owned.own(
                EgressProxy.open(
                        directory.resolve("p.sock"),
                        Gate.open(new SandboxName("blue"), policy, Upstream.NONE),
                        log,
                        InstantSource.system(),
                        new Limits(64, 8 << 10, seconds, seconds, seconds),
                        secrets.tunnel()));
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

    private RawClient client() {
        return owned.own(RawClient.to(directory.resolve("p.sock")));
    }

    private String request(String target, String more) {
        return "POST %s HTTP/1.1\nHost: %s:%d\nX-Api-Key: %s\nContent-Length: 5\n%s\nhello"
                .formatted(target, HOST, port, placeholder, more);
    }

    @Test
    void through_a_tunnel_it_is_put_in_and_taken_out_of_the_answer() throws Exception {
        RawClient guest = client().tunnelTo(HOST, port);

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

        String answer = client().head(request(target, "")).all();

        assertThat(heard).containsExactly(VALUE + " /v1 hello");
        assertThat(answer).startsWith("HTTP/1.1 200 ").contains(placeholder, "thanks");
        assertThat(answer).doesNotContain(VALUE);
    }

    @Test
    void an_echo_and_what_is_no_http_are_refused() throws Exception {
        RawClient echo = client().tunnelTo(HOST, port);
        assertThat(echo.head("TRACE / HTTP/1.1\nHost: %s:%d\n\n".formatted(HOST, port)).all())
                .startsWith("HTTP/1.1 4");
        RawClient odd = client().tunnelTo(HOST, port);
        assertThat(odd.send("hello\r\n\r\n").all()).startsWith("HTTP/1.1 4");
        RawClient elsewhere = client().tunnelTo(HOST, port);
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
