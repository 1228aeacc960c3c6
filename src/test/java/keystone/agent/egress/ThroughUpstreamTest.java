package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ThroughUpstreamTest {
    @TempDir Path directory;
    @TempDir Path other;
    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    private ProxyScene servers;
    private ProxyScene scene;
    private String answer = "HTTP/1.1 200 OK\r\n\r\n";

    @BeforeEach
    void open() {
        servers = ProxyScene.in(other);
        int port =
                servers.server(
                        "unused",
                        (in, out, _) -> {
                            heads.add(head(in));
                            out.write(answer.getBytes(StandardCharsets.US_ASCII));
                            in.transferTo(out);
                        });
        String proxy = "http://me:hunter2@127.0.0.1:" + port;
        scene =
                new ProxyScene(
                        directory,
                        ProxyScene.LIMITS,
                        Map.of(
                                "https_proxy",
                                proxy,
                                "http_proxy",
                                proxy,
                                "no_proxy",
                                "direct.example"));
    }

    @AfterEach
    void close() {
        scene.close();
        servers.close();
    }

    private static String head(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            text.append((char) in.read());
        }
        return text.toString();
    }

    @Test
    void a_tunnel_is_asked_for_by_name() throws Exception {
        RawClient client = scene.client().tunnelTo("example.org", 443);

        assertThat(client.send("hello").finish().all()).isEqualTo("hello");
        assertThat(heads.poll(10, TimeUnit.SECONDS))
                .isEqualTo(
                        """
                        CONNECT example.org:443 HTTP/1.1
                        Host: example.org:443
                        Proxy-Authorization: Basic bWU6aHVudGVyMg==

                        """
                                .replace("\n", "\r\n"));
        assertThat(scene.names.asked)
                .as("as the proxy is on this host, for the gate alone")
                .containsExactly("example.org");
    }

    @Test
    void a_plain_request_is_handed_on_whole() throws Exception {
        RawClient client =
                scene.client()
                        .head(
                                "GET http://example.org/a HTTP/1.1\nHost: example.org\nProxy-Authorization: mine\n\n");
        client.finish();

        assertThat(client.all()).isEqualTo(answer);
        assertThat(heads.poll(10, TimeUnit.SECONDS))
                .startsWith("GET http://example.org/a HTTP/1.1\r\nHost: example.org\r\n")
                .contains("Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n")
                .doesNotContain("mine");
    }

    @Test
    void what_it_refuses_is_said_without_its_password_and_without_its_address() throws Exception {
        answer = "HTTP/1.1 407 Tell me\r\nProxy-Authenticate: Basic\r\n\r\n";

        String said = scene.client().head("CONNECT example.org:443 HTTP/1.1\n\n").all();

        assertThat(said)
                .startsWith(
                        "HTTP/1.1 502 keystone-agent: this host's proxy does not connect to"
                                + " example.org:443: 407\r\n")
                .doesNotContain("hunter2", "Authenticate", "127.0.0.1");
        assertThat(scene.logged(1).getFirst().string("why"))
                .startsWith("this host's proxy 127.0.0.1:")
                .doesNotContain("hunter2");
    }

    @Test
    void some_hosts_are_reached_without_it() throws Exception {
        int port = scene.echo("direct.example");

        RawClient client = scene.client().tunnelTo("direct.example", port);

        assertThat(client.send("hello").finish().all()).isEqualTo("hello");
        assertThat(heads).isEmpty();
    }
}
