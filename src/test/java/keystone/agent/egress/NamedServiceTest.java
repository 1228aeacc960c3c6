package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import keystone.agent.egress.HostServices.Service;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostName;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A secret for a service of this host's own loopback that its user named by https.
@Timeout(60)
final class NamedServiceTest {
    private static final String VALUE = KeyExit.VALUE;
    private static final HostName HOST = EgressPolicy.THIS_HOST;

    @TempDir private Path directory;

    private final Owned owned = new Owned();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        owned.close();
    }

    private static Service https(String named) {
        return new Service(HostName.parse(named), true);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    }

    private int serve(HttpServer server) {
        server.createContext("/", this::answer);
        server.start();
        owned.own(() -> server.stop(0));
        return server.getAddress().getPort();
    }

    private int serveTls(String certified) throws IOException {
        var server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(KeyExit.WORLD.contextFor(HostName.parse(certified))));
        return serve(server);
    }

    private void answer(HttpExchange asked) throws IOException {
        heard.add(String.valueOf(asked.getRequestHeaders().getFirst("X-Api-Key")));
        byte[] answer = "thanks".getBytes(StandardCharsets.UTF_8);
        asked.sendResponseHeaders(200, answer.length);
        asked.getResponseBody().write(answer);
        asked.close();
    }

    private KeyExit exit(int port, HostServices services) throws InterruptedException {
        return KeyExit.open(owned, directory, port, services);
    }

    private static String request(String target, KeyExit exit, int port) {
        return "GET %s HTTP/1.1\nHost: %s:%d\nX-Api-Key: %s\nConnection: close\n\n"
                .formatted(target, HOST, port, exit.placeholder());
    }

    private String answerWithinTls(KeyExit exit, int port) throws IOException {
        RawClient tunnel = exit.client().tunnelTo(HOST.text(), port);
        var guest =
                new SecretScene.Guest(
                        TlsEnd.asking(
                                SecretScene.trusting(exit.secrets().authority().certificate()),
                                new Target(HOST, port),
                                new Line(tunnel.channel, () -> {}),
                                Spoken.HTTP_1));
        return guest.send(request("/v1", exit, port)).all();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void it_goes_there_within_tls_when_the_server_is_who_the_user_named(String named)
            throws Exception {
        int port = serveTls(named);
        KeyExit exit = exit(port, HostServices.NONE.with(port, https(named)));

        String answer = answerWithinTls(exit, port);

        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("thanks");
        assertThat(heard).containsExactly(VALUE);
    }

    @Test
    void another_server_at_that_port_gets_nothing_and_the_guest_is_told_why() throws Exception {
        int port = serveTls("api.example.org");
        KeyExit exit = exit(port, HostServices.NONE.with(port, https("localhost")));

        String answer = answerWithinTls(exit, port);

        assertThat(answer)
                .startsWith("HTTP/1.1 502 ")
                .contains("does not prove to be localhost, so no secret was sent there")
                .contains("\nfix:   export SSL_CERT_FILE=");
        assertThat(heard).isEmpty();
    }

    @Test
    void a_guest_cannot_have_it_sent_there_without_tls() throws Exception {
        int port = serve(HttpServer.create(anyPort(), 0));
        KeyExit exit = exit(port, HostServices.NONE.with(port, https("localhost")));
        String absolute = "http://%s:%d/v1".formatted(HOST, port);

        String tunnelled =
                exit.client().tunnelTo(HOST.text(), port).head(request("/v1", exit, port)).all();
        String plain = exit.client().head(request(absolute, exit, port)).all();

        for (String answer : List.of(tunnelled, plain)) {
            assertThat(answer)
                    .startsWith("HTTP/1.1 403 ")
                    .contains("as https://host.keystone.internal:" + port);
        }
        assertThat(heard).isEmpty();
        assertThat(Files.readString(directory.resolve("egress.jsonl"))).doesNotContain(VALUE);
    }

    @Test
    void it_is_dialled_where_its_user_named_it_and_another_port_at_both() throws Exception {
        HostServices services =
                HostServices.NONE.with(4000, new Service(HostName.parse("::1"), false));
        EgressPolicy policy = EgressPolicy.of(EgressMode.BALANCED);
        for (int port : List.of(4000, 4001)) {
            policy = policy.with(new Rule(EgressPolicy.hostPort(port), Effect.ALLOW));
        }
        Gate gate =
                owned.own(
                        Gate.open(new SandboxName("blue"), policy, Upstream.NONE)
                                .leadingTo(services));

        assertThat(dialled(gate, 4000)).containsExactly("::1");
        assertThat(dialled(gate, 4001)).containsExactly("127.0.0.1", "::1");
    }

    private static List<String> dialled(Gate gate, int port) throws InterruptedException {
        Verdict verdict = gate.decide(new Target(HOST, port), Passage.TUNNEL);
        return verdict instanceof Verdict.Allow(Verdict.Route.Direct(var addresses), _)
                ? addresses.stream().map(each -> HostName.of(each.getAddress()).text()).toList()
                : List.of();
    }

    @Test
    void what_names_one_port_in_two_ways_is_refused_unless_both_hold() {
        HostServices both =
                HostServices.NONE
                        .with(4000, new Service(HostName.parse("localhost"), false))
                        .with(4000, new Service(HostName.parse("::1"), false))
                        .with(4000, new Service(HostName.parse("localhost"), false));
        assertThat(both.addresses(4000)).containsExactly(InetAddress.ofLiteral("::1"));
        assertThat(both.addresses(4001))
                .containsExactly(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

        for (Service other :
                List.of(new Service(HostName.parse("127.0.0.1"), false), https("localhost"))) {
            assertThatThrownBy(() -> both.with(4000, other))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("port 4000");
        }
    }
}
