package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the host asks for itself: through its own proxy, and of servers that it trusts.
@Timeout(60)
final class HostHttpTest {
    @TempDir Path directory;

    @Test
    void the_hosts_own_proxy_is_used() throws Exception {
        try (var scene = new SourceScene(directory)) {
            scene.answers(200, "through the proxy");
            String proxy = "http://127.0.0.1:" + scene.endpoint().getPort();
            var http =
                    new HostHttp(
                            () -> HostTrust.context(Map.of(), _ -> false),
                            () -> Upstream.from(Map.of("HTTP_PROXY", proxy)));

            HostHttp.Answer answer =
                    http.get(URI.create("http://unknown.example/x"), Map.of("X", "canary"));

            assertThat(answer.body()).isEqualTo("through the proxy");
            assertThat(scene.headers.getFirst()).containsEntry("host", "unknown.example");
        }
    }

    @Test
    void a_proxy_that_wants_a_password_gets_it_and_no_server_does(@TempDir Path other)
            throws Exception {
        try (var servers = new SecretScene(directory);
                var scene = ProxyScene.in(other)) {
            var asked = new CopyOnWriteArrayList<String>();
            int port =
                    scene.server(
                            "proxy.example",
                            (in, out, _) -> {
                                asked.add(SecretScene.head(in));
                                relay(in, out, servers.port);
                            });
            Path bundle = Files.writeString(directory.resolve("own.pem"), servers.world.pem());
            var http =
                    new HostHttp(
                            () ->
                                    HostTrust.context(
                                            Map.of("SSL_CERT_FILE", bundle.toString()), _ -> false),
                            () ->
                                    Upstream.from(
                                            Map.of(
                                                    "HTTPS_PROXY",
                                                    "http://me:hunter2@127.0.0.1:" + port)));

            HostHttp.Answer answer =
                    http.get(URI.create("https://" + SecretScene.HOST + "/x"), Map.of());

            assertThat(answer.body()).isEqualTo("hello");
            assertThat(asked.getFirst())
                    .startsWith("CONNECT " + SecretScene.HOST + ":443 HTTP/1.1\r\n")
                    .contains("Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n");
            assertThat(servers.heads.getFirst()).doesNotContainIgnoringCase("proxy-auth");
        }
    }

    @Test
    void an_answer_that_never_ends_is_given_up() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    Socket asker = server.accept();
                                    asker.getOutputStream()
                                            .write(
                                                    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                                                            .getBytes(StandardCharsets.US_ASCII));
                                    asker.getInputStream().readAllBytes();
                                } catch (IOException over) {
                                    // The test has ended.
                                }
                            });
            var http =
                    new HostHttp(
                            () -> HostTrust.context(Map.of(), _ -> false),
                            () -> Upstream.NONE,
                            Duration.ofMillis(300));
            URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/x");

            assertThatThrownBy(() -> http.post(uri, Map.of(), "refresh"))
                    .isInstanceOf(HttpTimeoutException.class);
        }
    }

    private static void relay(InputStream in, OutputStream out, int port) throws IOException {
        try (var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            SecretScene.send(out, "HTTP/1.1 200 OK\n\n");
            Thread back =
                    Thread.ofVirtual().start(() -> copy(() -> server.getInputStream(), () -> out));
            copy(() -> in, () -> server.getOutputStream());
            back.interrupt();
        }
    }

    private static void copy(Callable<InputStream> from, Callable<OutputStream> to) {
        try {
            long _ = from.call().transferTo(to.call());
        } catch (Exception ended) {
            // One of them has gone.
        }
    }

    @Test
    void a_redirect_is_an_answer_and_a_long_body_is_cut() throws Exception {
        try (var scene = new SourceScene(directory)) {
            scene.answers(302, "x".repeat(300_000));

            HostHttp.Answer answer = scene.http().post(scene.endpoint(), Map.of(), "canary");

            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.body()).hasSize(256 << 10);
            assertThat(answer.toString()).isEqualTo("Answer[302]");
            assertThat(scene.asked).hasSize(1);
        }
    }

    @Test
    void a_bundle_of_the_users_is_trusted_besides_the_systems() throws Exception {
        try (var scene = new SecretScene(directory)) {
            Path bundle = Files.writeString(directory.resolve("own.pem"), scene.world.pem());

            for (String variable : new String[] {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"}) {
                connect(
                        HostTrust.context(Map.of(variable, bundle.toString()), _ -> false),
                        scene.port);
            }

            assertThatThrownBy(() -> connect(HostTrust.context(Map.of(), _ -> false), scene.port))
                    .isInstanceOf(IOException.class);
        }
    }

    /// A guest that adds an authority to it would be whoever it likes.
    @Test
    void a_bundle_that_a_guest_can_write_vouches_for_nobody(@TempDir Path other) throws Exception {
        try (var scene = new SecretScene(directory);
                var sources = new SourceScene(other)) {
            Path bundle = Files.writeString(sources.project.resolve("ca.pem"), scene.world.pem());
            Path link = Files.createSymbolicLink(sources.home.resolve("ca.pem"), bundle);
            var origins =
                    new Secrets.Origins(
                            Map.of(), sources.project, sources.home, sources.stored, _ -> false);

            for (Path file : new Path[] {bundle, link}) {
                var trust =
                        HostTrust.context(
                                Map.of("NODE_EXTRA_CA_CERTS", file.toString()), origins::isGuests);
                assertThatThrownBy(() -> connect(trust, scene.port))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static void connect(SSLContext trust, int port) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (SocketChannel channel = SocketChannel.open(address)) {
            var target = new Target(new HostName(SecretScene.HOST), port);
            TlsEnd end = TlsEnd.asking(trust, target, new Line(channel, () -> {}), Spoken.HTTP_1);
            assertThat(end.isCutOff()).isFalse();
        }
    }

    @Test
    void a_bundle_that_is_none_is_named() throws Exception {
        Path nonsense = Files.writeString(directory.resolve("nonsense"), "no certificate");

        for (String file : new String[] {nonsense.toString(), "/no/such/file"}) {
            assertThatThrownBy(() -> HostTrust.context(Map.of("SSL_CERT_FILE", file), _ -> false))
                    .isInstanceOfSatisfying(
                            UserError.class, error -> assertThat(error.fix()).contains("unset it"))
                    .hasMessageContaining("this host's SSL_CERT_FILE names no bundle");
        }
    }
}
