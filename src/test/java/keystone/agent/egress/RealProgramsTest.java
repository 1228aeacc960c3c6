package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Programs as a guest has them: they trust the sandbox's authority, hold placeholders, and go
/// through the proxy.
@Timeout(120)
final class RealProgramsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path directory;
    private SecretScene scene;
    private Path authority;

    @BeforeEach
    void open() throws IOException {
        scene = new SecretScene(directory);
        authority =
                Files.writeString(
                        directory.resolve("authority.pem"), scene.secrets.authorityCertificate());
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private String proxy() {
        return "socks5h://localhost" + directory.resolve("p.sock");
    }

    private String url(String path) {
        return "https://" + SecretScene.HOST + ":" + scene.port + path;
    }

    private Command curl(String... more) {
        assumeTrue(Programs.locate("curl").isPresent(), "curl is not installed");
        return Command.of("curl", "-sS", "--cacert", authority.toString(), "-x", proxy())
                .withEnvironment("NO_PROXY", null)
                .withEnvironment("no_proxy", null)
                .with(more);
    }

    @Test
    void curl_sends_a_placeholder_and_the_server_gets_the_secret() throws Exception {
        var finished =
                curl("-H", "x-api-key: " + scene.placeholder(), "-d", "body", url("/v1"))
                        .run(LIMIT);

        assertThat(finished.output() + finished.errors()).isEqualTo("hello");
        assertThat(scene.heads.getFirst())
                .startsWith("POST /v1 HTTP/1.1\r\n")
                .contains("x-api-key: " + SecretScene.VALUE + "\r\n");
    }

    @Test
    void curl_asks_for_http_2_and_gets_http_1_1() throws Exception {
        var finished = curl("--http2", "-w", " %{http_version}", url("/")).run(LIMIT);

        assertThat(finished.output()).isEqualTo("hello 1.1");
    }

    @Test
    void curl_that_does_not_trust_the_authority_says_so_and_sends_nothing() throws Exception {
        assumeTrue(Programs.locate("curl").isPresent(), "curl is not installed");

        var finished =
                Command.of("curl", "-sS", "-x", proxy(), url("/"))
                        .withEnvironment("NO_PROXY", null)
                        .withEnvironment("no_proxy", null)
                        .run(LIMIT);

        assertThat(finished.status()).isEqualTo(60);
        assertThat(scene.heads).isEmpty();
    }

    @Test
    void git_over_https_is_let_in_with_a_placeholder_for_its_password() throws Exception {
        scene.api = RealProgramsTest::repository;
        String credentials = "x-access-token:" + scene.placeholder() + "@";

        Command git =
                Command.of("git")
                        .with("-c", "credential.helper=")
                        .withEnvironment("GIT_SSL_CAINFO", authority.toString())
                        .withEnvironment("GIT_TERMINAL_PROMPT", "0")
                        .withEnvironment("NO_PROXY", null)
                        .withEnvironment("no_proxy", null);
        Command.Finished finished;
        try (var forward = new LoopbackForward(directory.resolve("p.sock"))) {
            finished =
                    git.with("-c", "http.proxy=http://127.0.0.1:" + forward.port(), "ls-remote")
                            .with(url("/it.git").replace("://", "://" + credentials))
                            .run(LIMIT);
        }

        assertThat(finished.errors()).isEmpty();
        assertThat(finished.output()).isEqualTo("1".repeat(40) + "\trefs/heads/main\n");
    }

    @Test
    void python_trusts_the_authority_and_sends_a_placeholder() throws Exception {
        assumeTrue(Programs.locate("python3").isPresent(), "python3 is not installed");
        String program =
                """
                import sys, urllib.request
                request = urllib.request.Request(sys.argv[1], headers={"X-Api-Key": sys.argv[2]})
                print(urllib.request.urlopen(request, timeout=30).read().decode())
                """;

        Command.Finished finished;
        try (var forward = new LoopbackForward(directory.resolve("p.sock"))) {
            finished =
                    Command.of("python3", "-c", program, url("/"), scene.placeholder())
                            .withEnvironment("https_proxy", "http://127.0.0.1:" + forward.port())
                            .withEnvironment("SSL_CERT_FILE", authority.toString())
                            .withEnvironment("NO_PROXY", null)
                            .withEnvironment("no_proxy", null)
                            .run(LIMIT);
        }

        assertThat(finished.output() + finished.errors()).isEqualTo("hello\n");
        assertThat(scene.heads.getFirst()).contains(SecretScene.VALUE);
    }

    @Test
    void node_trusts_the_authority_and_streams() throws Exception {
        assumeTrue(Programs.locate("node").isPresent(), "node is not installed");
        String program =
                """
                const http = require('http'), https = require('https');
                const [proxy, host, port, key] = process.argv.slice(1);
                http.request({host: '127.0.0.1', port: proxy, method: 'CONNECT',
                    path: `${host}:${port}`, headers: {host: `${host}:${port}`}}).on('connect', (_, socket) => {
                  https.get({socket, host, port, agent: false, headers: {'x-api-key': key}},
                      answer => answer.pipe(process.stdout));
                }).end();
                """;

        Command.Finished finished;
        try (var forward = new LoopbackForward(directory.resolve("p.sock"))) {
            finished =
                    Command.of("node", "-e", program, Integer.toString(forward.port()))
                            .with(SecretScene.HOST, Integer.toString(scene.port))
                            .with(scene.placeholder())
                            .withEnvironment("NODE_EXTRA_CA_CERTS", authority.toString())
                            .run(LIMIT);
        }

        assertThat(finished.output() + finished.errors()).isEqualTo("hello");
        assertThat(scene.heads.getFirst()).contains(SecretScene.VALUE);
    }

    /// Lets in who has the real password.
    private static void repository(InputStream in, OutputStream out, String head)
            throws IOException {
        String expected = "x-access-token:" + SecretScene.VALUE;
        String basic =
                Base64.getEncoder().encodeToString(expected.getBytes(StandardCharsets.US_ASCII));
        if (!head.contains("Authorization: Basic " + basic + "\r\n")) {
            SecretScene.send(
                    out,
                    """
                    HTTP/1.1 401 Unauthorized
                    WWW-Authenticate: Basic realm="it"
                    Content-Length: 0

                    """);
            return;
        }
        String refs = "1".repeat(40) + "\trefs/heads/main\n";
        out.write(
                ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                                + refs.length()
                                + "\r\n\r\n"
                                + refs)
                        .getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
