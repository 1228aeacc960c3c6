package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.process.Command;
import keystone.agent.process.LoopbackPort;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Programs;
import keystone.agent.store.PrivateFiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Real tools that know no proxy, or are told of none, and real servers of this host that stand for
/// those of the internet. This host's Node is mounted, so that the image needs none.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
final class ToolsWithoutProxyIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String NODE = "/opt/host/node";
    private static final String DOCKER = "/opt/go/docker";

    /// With this host's loader, a program of this host's runs in whatever guest.
    private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

    private static final String LOADER = "/opt/lib/ld-linux-x86-64.so.2";

    private static final String JAVA =
            """
            class Plain {
                public static void main(String[] words) throws Exception {
                    try (var socket = new java.net.Socket("codeberg.org", 80)) {
                        socket.getOutputStream().write("GET /java HTTP/1.1\\r\\nHost: codeberg.org\\r\\n\\r\\n".getBytes());
                        var in = new java.io.BufferedReader(new java.io.InputStreamReader(socket.getInputStream()));
                        for (String line = in.readLine(); line != null; line = in.readLine()) {
                            System.out.println(line);
                        }
                    }
                }
            }
            """;

    @TempDir static Path directory;

    private World world;
    private Sandbox sandbox;

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        world = World.open();
        Project project = home.project("tools");
        Optional<Path> node = Programs.locate("node");
        Optional<Path> docker = Programs.locate("docker");
        GuestJava.compile("Plain", JAVA, project.path());
        Ended _ =
                home.starting(
                                project,
                                "--name",
                                "tools",
                                "--mount",
                                node.orElse(Path.of("/usr/bin/git")).getParent() + ":/opt/host:ro",
                                "--mount",
                                System.getProperty("java.home") + ":/opt/java:ro",
                                "--mount",
                                docker.orElse(Path.of("/usr/bin/git")).getParent() + ":/opt/go:ro",
                                "--mount",
                                Postgres.programs().orElse(Path.of("/usr/bin")) + ":/opt/pg:ro",
                                "--mount",
                                LIBRARIES + ":/opt/lib:ro")
                        .with("http_proxy", world.proxy())
                        .with("https_proxy", world.proxy())
                        .with("no_proxy", null)
                        .run()
                        .succeeds();
        sandbox = home.sandbox("tools", project);
        for (String rule :
                new String[] {"git.example.org:9418", "deb.example.org", "db.example.org:5432"}) {
            Ended _ = home.keystone("net", "allow", rule, "--name", "tools").run().succeeds();
        }
    }

    @AfterAll
    void close() throws IOException {
        world.close();
    }

    @Test
    void the_fetch_of_node() throws Exception {
        assumeThat(plainly(NODE, "--version").status())
                .as("SKIPPED: this host has no node that runs in the guest")
                .isZero();

        assertThat(
                        plainly(
                                        NODE,
                                        "-e",
                                        "fetch('http://codeberg.org/x').then(r => r.text())"
                                                + ".then(console.log)")
                                .succeeds()
                                .text())
                .isEqualTo("CONNECT codeberg.org:80");
    }

    @Test
    void a_plain_socket_of_a_jvm() throws Exception {
        assertThat(
                        plainly("/opt/java/bin/java", "-Xshare:auto", "-cp", "/workspace", "Plain")
                                .succeeds()
                                .text())
                .startsWith("HTTP/1.1 200 OK")
                .endsWith("CONNECT codeberg.org:80");
    }

    /// Docker's client is a program in Go, and this host's is linked statically.
    @Test
    void the_dialer_of_go() throws Exception {
        assumeThat(plainly(DOCKER, "--version").status())
                .as("SKIPPED: this host has no docker client that runs in the guest")
                .isZero();

        int before = world.asked().size();
        Ended _ = plainly(DOCKER, "-H", "tcp://codeberg.org:80", "version");

        assertThat(world.asked().subList(before, world.asked().size()))
                .contains("CONNECT codeberg.org:80");
    }

    @Test
    void psql_and_a_database() throws Exception {
        Optional<Path> programs = Postgres.programs();
        assumeThat(programs).as("SKIPPED: this host has no PostgreSQL").isPresent();
        Path place = Files.createTempDirectory("ka-it-database");
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Postgres database =
                Postgres.start(programs.orElseThrow(), place.resolve("database"))) {
            world.serve("db.example.org:5432", database.port());

            Ended asked =
                    plainly(
                            LOADER,
                            "--library-path",
                            "/opt/lib",
                            "/opt/pg/psql",
                            "-At",
                            "-c",
                            "select 6 * 7",
                            "postgresql://ada@db.example.org/postgres");

            assertThat(asked.succeeds().text()).isEqualTo("42");
        } finally {
            PrivateFiles.deleteTree(place);
        }
    }

    @Test
    void git_over_its_own_protocol() throws Exception {
        Project served = Project.create(directory.resolve("served"));
        int port = freePort();
        try (OwnedProcess _ =
                Command.of("git", "daemon", "--export-all", "--listen=127.0.0.1")
                        .with("--port=" + port, "--base-path=" + served.path().getParent())
                        .start()) {
            Wait.until("git listens", LIMIT, () -> !new LoopbackPort(port).isFree());
            world.serve("git.example.org:9418", port);

            Ended _ =
                    plainly("git", "clone", "-q", "git://git.example.org/served", "/tmp/served")
                            .succeeds();

            assertThat(sandbox.says("cat", "/tmp/served/README")).isEqualTo("hello");
        }
    }

    @Test
    void apt_from_a_mirror() throws Exception {
        Path root = directory.resolve("mirror");
        Path mirror = Files.createDirectories(root.resolve("flat"));
        String sum = write(mirror.resolve("probe.deb"), "not really a package\n");
        String index =
                """
                Package: probe
                Version: 1.0
                Architecture: all
                Maintainer: nobody
                Filename: flat/probe.deb
                Size: 21
                SHA256: %s
                Description: nothing
                """
                        .formatted(sum);
        String indexSum = write(mirror.resolve("Packages"), index);
        String _ =
                write(
                        mirror.resolve("Release"),
                        "Suite: stable\nSHA256:\n %s %d Packages\n"
                                .formatted(indexSum, index.length()));
        HttpServer server =
                SimpleFileServer.createFileServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        root.toRealPath(),
                        SimpleFileServer.OutputLevel.NONE);
        server.start();
        try {
            world.serve("deb.example.org:80", server.getAddress().getPort());

            Ended ended =
                    plainly(
                            "sh",
                            "-ec",
                            """
                            cd /tmp
                            echo 'deb [trusted=yes] http://deb.example.org/ flat/' >list
                            set -- -q -o Dir::Etc::SourceList=/tmp/list -o Dir::Etc::SourceParts=-
                            apt-get "$@" update
                            apt-get "$@" download probe
                            """);

            assertThat(ended.succeeds().text()).contains("Get:1 http://deb.example.org");
            assertThat(sandbox.says("sh", "-c", "cat /tmp/probe_*.deb"))
                    .isEqualTo("not really a package");
        } finally {
            server.stop(0);
        }
    }

    /// As root, without a variable that names a proxy.
    private Ended plainly(String... command) throws InterruptedException {
        var all = new String[command.length + 4];
        System.arraycopy(
                new String[] {"sudo", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
                0,
                all,
                0,
                4);
        System.arraycopy(command, 0, all, 4, command.length);
        return sandbox.executing(all).within(LIMIT).run();
    }

    private static int freePort() throws IOException {
        try (var socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// @return its SHA-256
    private static String write(Path file, String text) throws Exception {
        Files.writeString(file, text);
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
