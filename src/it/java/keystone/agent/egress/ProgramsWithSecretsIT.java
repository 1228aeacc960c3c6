package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.process.LoopbackPort;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs of all kinds that use a secret of the host's: each has to trust the sandbox's authority
/// by what it looks at, as the user and under sudo. And agents' base URLs, as the user has them on
/// the host. This host's Node is mounted, so that the image needs none.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
final class ProgramsWithSecretsIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final String NODE =
            """
            fetch('https://api.github.com/node', {headers: {authorization: 'token ' + process.argv[2]}})
                .then(r => r.text()).then(t => process.stdout.write(t))
                .catch(e => { console.error(e); process.exit(1) })
            """;
    private static final String PYTHON =
            """
            import sys, urllib.request as r
            q = r.Request('https://api.github.com/python', headers={'Authorization': 'token ' + sys.argv[1]})
            sys.stdout.write(r.urlopen(q).read().decode())
            """;

    private static final String JAVA =
            """
            import java.net.URI;
            class Ask {
                public static void main(String[] words) throws Exception {
                    var to = URI.create("https://api.github.com/java").toURL().openConnection();
                    to.setRequestProperty("authorization", "token " + words[0]);
                    to.getInputStream().transferTo(System.out);
                    System.out.flush();
                }
            }
            """;

    private final String forge = canary("ghp_");
    private final String key = canary("sk-ant-");
    private final String other = canary("sk-");
    private final String unused = canary("AIza");
    private TlsWorld world;
    private LocalModel model;
    private HostService neighbour;

    /// One that does not run.
    private LocalModel nobody;

    private Sandbox sandbox;
    private boolean hasNode;

    private static String canary(String start) {
        return start
                + "canary"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        world = TlsWorld.open();
        model = LocalModel.open();
        neighbour = HostService.onLoopback("its neighbour");
        nobody = LocalModel.open();
        nobody.close();
        Project project = home.project("programs");
        Files.writeString(project.path().resolve("ask.js"), NODE);
        Files.writeString(project.path().resolve("ask.py"), PYTHON);
        GuestJava.compile("Ask", JAVA, project.path());
        Path node = Programs.locate("node").orElse(Path.of("/usr/bin/git"));
        Ended _ =
                home.starting(
                                project,
                                "--name",
                                "programs",
                                "--mount",
                                node.getParent() + ":/opt/host:ro",
                                "--mount",
                                System.getProperty("java.home") + ":/opt/java:ro")
                        .with("https_proxy", world.proxy())
                        .with("http_proxy", world.proxy())
                        .with("no_proxy", null)
                        .with("SSL_CERT_FILE", world.bundle(home.root().resolve("world.pem")) + "")
                        .with("GH_TOKEN", forge)
                        .with("ANTHROPIC_API_KEY", key)
                        .with("ANTHROPIC_BASE_URL", "http://127.0.0.1:" + model.port() + "/v1")
                        .with("GEMINI_API_KEY", unused)
                        .with("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:" + nobody.port())
                        .with("OPENAI_API_KEY", other)
                        .with("OPENAI_BASE_URL", "https://gateway.example/v1")
                        .run()
                        .succeeds();
        sandbox = home.sandbox("programs", project);
        hasNode =
                sandbox.executing("/opt/host/node", "--version").within(LIMIT).run().status() == 0;
    }

    @AfterAll
    void close() throws IOException {
        world.close();
        model.close();
        neighbour.close();
    }

    @Test
    void node_trusts_it() throws Exception {
        assumeThat(hasNode).as("this host's node runs in the guest").isTrue();

        asks("node", "/opt/host/node /workspace/ask.js");
    }

    /// It looks at no variable that names a proxy, and at none that names a bundle, but its own.
    @ParameterizedTest
    @ValueSource(strings = {"", "sudo"})
    void java_trusts_it(String before) throws Exception {
        asks("java", before + " /opt/java/bin/java -Xshare:auto -cp /workspace Ask");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sudo", "sudo env -i"})
    void python_trusts_it(String before) throws Exception {
        asks("python", before + " /usr/bin/python3 /workspace/ask.py");
    }

    /// What it printed, and who it was for the server.
    private void asks(String who, String command) throws InterruptedException {
        Ended ended =
                sandbox.executing("sh", "-c", "exec " + command.strip() + " \"$GH_TOKEN\"")
                        .within(LIMIT)
                        .run()
                        .succeeds();

        assertThat(ended.text()).isEqualTo("this is api.github.com");
        TlsServers.Asked asked = world.lastAsked("api.github.com");
        assertThat(asked.line()).contains("/" + who);
        assertThat(asked.header("authorization")).contains("token " + forge);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sudo ", "env -i ", "sudo env -i "})
    void curl_and_git_trust_it(String before) throws Exception {
        assertThat(
                        sandbox.says(
                                "sh",
                                "-c",
                                before
                                        + "/usr/bin/curl -sS -H \"Authorization: token $GH_TOKEN\""
                                        + " https://api.github.com/curl"))
                .isEqualTo("this is api.github.com");
        assertThat(world.lastAsked("api.github.com").header("authorization"))
                .contains("token " + forge);

        Ended refs =
                sandbox.executing(
                                "sh",
                                "-c",
                                before
                                        + "/usr/bin/git -c credential.helper= ls-remote"
                                        + " https://x:$GH_TOKEN@github.com/ada/blue")
                        .within(LIMIT)
                        .run();

        assertThat(refs.succeeds().text()).endsWith("refs/heads/main");
    }

    /// The user named a model on this host's loopback: it is asked as its clients on the host ask
    /// it, through a tunnel and without one.
    @Test
    void of_this_host_one_port_opens_and_gets_the_key_that_is_not_inside() throws Exception {
        String url = sandbox.says("printenv", "ANTHROPIC_BASE_URL");

        assertThat(url).isEqualTo("http://host.keystone.internal:" + model.port() + "/v1");
        for (String how : List.of("", "--proxytunnel ")) {
            assertThat(
                            sandbox.says(
                                    "sh",
                                    "-c",
                                    "curl -sS "
                                            + how
                                            + "-H \"x-api-key: $ANTHROPIC_API_KEY\" "
                                            + url))
                    .isEqualTo("this is the model");
        }
        assertThat(model.keys()).containsExactly(key, key);
        for (String where :
                List.of("host.keystone.internal", "127.0.0.1", "localhost", "10.0.2.2")) {
            Ended _ = asking(where, neighbour.port());
        }
        assertThat(neighbour.heard()).isEmpty();
        var memory = new GuestMemory(sandbox.machinePid());
        assertThat(memory.holds(sandbox.says("printenv", "ANTHROPIC_API_KEY"))).isTrue();
        assertThat(Stream.of(key, other, forge).filter(memory::holds)).isEmpty();
    }

    /// Once through the proxy's tunnel; a service that is no web server answers what it heard.
    private Ended asking(String host, int port) throws InterruptedException {
        String program =
                """
                import socket, sys
                s = socket.create_connection(('127.0.0.1', 3128), 20)
                s.sendall(('CONNECT %s:%s HTTP/1.1\\r\\n\\r\\n' % tuple(sys.argv[1:])).encode())
                assert s.recv(4096).startswith(b'HTTP/1.1 200 ')
                s.sendall(b'hello')
                s.shutdown(socket.SHUT_WR)
                print(s.makefile().read())
                """;
        return sandbox.executing("python3", "-c", program, host, "" + port).within(LIMIT).run();
    }

    /// And a gateway that everybody can reach.
    @Test
    void a_gateway_gets_the_key_that_its_provider_gets_no_more() throws Exception {
        assertThat(sandbox.says("printenv", "OPENAI_BASE_URL"))
                .isEqualTo("https://gateway.example/v1");
        String bearer = "curl -sS -H \"Authorization: Bearer $OPENAI_API_KEY\" ";

        assertThat(sandbox.says("sh", "-c", bearer + "$OPENAI_BASE_URL/models"))
                .isEqualTo("this is gateway.example");
        Ended _ =
                sandbox.executing("sh", "-c", bearer + "-k https://api.openai.com/v1/models")
                        .within(LIMIT)
                        .run();

        assertThat(world.lastAsked("gateway.example").header("authorization"))
                .contains("Bearer " + other);
        assertThat(world.asked("api.openai.com")).noneMatch(each -> each.has(other));
    }

    /// While the model that the user named does not run, the guest listens on its number, and has
    /// it published as what listens inside is: it must not be taken for the model.
    @Test
    void a_guest_in_the_place_of_a_local_model_gets_no_key() throws Exception {
        String port = Integer.toString(nobody.port());
        String listen =
                """
                import socket, sys
                s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
                print('ready', flush=True)
                while True:
                    c = s.accept()[0]
                    c.settimeout(5)
                    print(c.recv(4096), flush=True)
                """;
        try (Background listening = sandbox.executing("python3", "-c", listen, port).start()) {
            Wait.until("it is published", LIMIT, () -> published().contains(port));

            Ended asked =
                    sandbox.executing(
                                    "sh",
                                    "-c",
                                    "curl -sS -m 20 -H \"x-goog-api-key: $GEMINI_API_KEY\""
                                            + " \"$GOOGLE_GEMINI_BASE_URL/v1\"; echo")
                            .within(LIMIT)
                            .run();

            assertThat(listening.outputSoFar()).isEqualTo("ready\n");
            assertThat(asked.output()).contains("cannot be reached").doesNotContain(unused);
            assertThat(new LoopbackPort(nobody.port()).isFree()).isTrue();
        }
    }

    private String published() {
        try {
            return sandbox.status().array("ports").toString();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }
}
