package keystone.agent.egress;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import keystone.agent.egress.LogIns.Renewal;
import keystone.agent.egress.SecretReader.Found;
import keystone.agent.egress.SecretReader.Surroundings;
import keystone.agent.model.HostPattern;
import keystone.agent.model.PlaceholderShape;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.model.SecretSource.Agent;
import org.jspecify.annotations.Nullable;

/// A host's home, a project, and a server that renews log-ins: real files, processes and sockets.
final class SourceScene implements AutoCloseable {
    static final SecretName NAME = new SecretName("KEY");

    final Path home;
    final Path project;
    final Map<String, String> environment = new HashMap<>();
    final StoredSecrets stored;

    /// Set to today: what it dates, such as certificates, is judged by the real clock. In whole
    /// seconds, as tokens tell them.
    final SetClock clock = new SetClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));

    /// What the token endpoint was sent.
    final List<String> asked = new CopyOnWriteArrayList<>();

    /// With which headers; their names in small letters.
    final List<Map<String, String>> headers = new CopyOnWriteArrayList<>();

    /// What happens on the host while the endpoint is asked.
    Callable<?> meanwhile = () -> "nothing";

    private final HttpServer server;
    private int status = 200;
    private String answer = "{}";

    SourceScene(Path directory) {
        try {
            this.home = Files.createDirectories(directory.toRealPath().resolve("home"));
            this.project = Files.createDirectories(directory.toRealPath().resolve("project"));
            this.stored = new StoredSecrets(directory.resolve("state/.secrets"));
            this.server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext(
                "/",
                exchange -> {
                    asked.add(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
                    var sent = new HashMap<String, String>();
                    exchange.getRequestHeaders()
                            .forEach(
                                    (name, values) ->
                                            sent.put(
                                                    name.toLowerCase(Locale.ROOT),
                                                    values.getFirst()));
                    headers.add(sent);
                    happen();
                    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
    }

    private void happen() {
        try {
            Object _ = meanwhile.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void answers(int withStatus, String body) {
        status = withStatus;
        answer = body;
    }

    SecretReader reader() {
        var surroundings =
                new Surroundings(environment, project, home, path -> path.startsWith(project));
        return new SecretReader(surroundings, stored, logIns());
    }

    LogIns logIns() {
        URI endpoint = endpoint();
        return new LogIns(
                home,
                Map.of(
                        Agent.CLAUDE,
                        new Renewal(endpoint, "client-of-claude", Renewal.Form.JSON),
                        Agent.CODEX,
                        new Renewal(endpoint, "client-of-codex", Renewal.Form.JSON),
                        Agent.GEMINI,
                        new Renewal(endpoint, "client-of-gemini", Renewal.Form.URL_ENCODED)),
                http(),
                clock);
    }

    HostHttp http() {
        return new HostHttp(SourceScene::nobody, () -> Upstream.NONE);
    }

    /// Answers as it was told to, whatever is asked.
    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/oauth/token");
    }

    private static SSLContext nobody() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Optional<Found> read(SecretSource... sources) throws InterruptedException {
        return reader().read(ref(Encoding.PLAIN, sources), null);
    }

    @Nullable String value(SecretSource... sources) throws InterruptedException {
        return read(sources).map(found -> found.secret().reveal()).orElse(null);
    }

    static SecretRef ref(Encoding encoding, SecretSource... sources) {
        return new SecretRef(
                NAME,
                Stream.of(sources).toList(),
                encoding,
                List.of(HostPattern.parse("api.example.org")),
                List.of(SecretPlace.bearer()),
                null,
                new PlaceholderShape("tok_", 40));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
