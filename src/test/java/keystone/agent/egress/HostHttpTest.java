package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
                            () -> HostTrust.context(Map.of()),
                            () -> Upstream.from(Map.of("HTTP_PROXY", proxy)));

            HostHttp.Answer answer =
                    http.get(URI.create("http://unknown.example/x"), Map.of("X", "canary"));

            assertThat(answer.body()).isEqualTo("through the proxy");
            assertThat(scene.headers.getFirst()).containsEntry("host", "unknown.example");
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
                connect(HostTrust.context(Map.of(variable, bundle.toString())), scene.port);
            }

            assertThatThrownBy(() -> connect(HostTrust.context(Map.of()), scene.port))
                    .isInstanceOf(IOException.class);
        }
    }

    private static void connect(SSLContext trust, int port) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (SocketChannel channel = SocketChannel.open(address)) {
            var target = new Target(new HostName(SecretScene.HOST), port);
            TlsEnd end = TlsEnd.asking(trust, target, new Line(channel, () -> {}));
            assertThat(end.isCutOff()).isFalse();
        }
    }

    @Test
    void a_bundle_that_is_none_is_named() throws Exception {
        Path nonsense = Files.writeString(directory.resolve("nonsense"), "no certificate");

        for (String file : new String[] {nonsense.toString(), "/no/such/file"}) {
            assertThatThrownBy(() -> HostTrust.context(Map.of("SSL_CERT_FILE", file)))
                    .isInstanceOfSatisfying(
                            UserError.class, error -> assertThat(error.fix()).contains("unset it"))
                    .hasMessageContaining("this host's SSL_CERT_FILE names no bundle");
        }
    }
}
