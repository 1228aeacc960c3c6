package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.it.Wait;
import keystone.agent.process.Command;
import keystone.agent.process.LoopbackPort;
import keystone.agent.process.OwnedProcess;

/// A real database on this host's loopback. It refuses to be root's, so it is nobody's then.
final class Postgres implements AutoCloseable {
    /// Where Debian has it, by version.
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final OwnedProcess server;
    private final int port;

    private Postgres(OwnedProcess server, int port) {
        this.server = server;
        this.port = port;
    }

    /// The directory of its programs, and of its client's.
    static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(VERSIONS)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(VERSIONS)) {
            for (Path each : versions) {
                Path programs = each.resolve("bin");
                if (Files.isExecutable(programs.resolve("initdb"))
                        && Files.isExecutable(programs.resolve("psql"))) {
                    return Optional.of(programs);
                }
            }
        }
        return Optional.empty();
    }

    /// @param directory others may pass to it; becomes the server's
    static Postgres start(Path programs, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        var before = new ArrayList<String>();
        if ((Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0) {
            run(List.of("chown", "nobody", directory.toString()));
            before.addAll(List.of("setpriv", "--reuid=nobody", "--clear-groups"));
        }
        String data = directory.resolve("data").toString();
        run(
                joined(
                        before,
                        programs.resolve("initdb").toString(),
                        "-D",
                        data,
                        "--auth=trust",
                        "--username=ada",
                        "--no-sync"));
        int port = freePort();
        OwnedProcess server =
                Command.of(
                                joined(
                                        before,
                                        programs.resolve("postgres").toString(),
                                        "-D",
                                        data,
                                        "-p",
                                        Integer.toString(port),
                                        "-h",
                                        "127.0.0.1",
                                        "-k",
                                        directory.toString()))
                        .start();
        var running = new Postgres(server, port);
        try {
            Wait.until("the database listens", LIMIT, () -> !new LoopbackPort(port).isFree());
            return running;
        } catch (AssertionError late) {
            running.close();
            throw late;
        }
    }

    private static List<String> joined(List<String> before, String... command) {
        var all = new ArrayList<>(before);
        all.addAll(List.of(command));
        return all;
    }

    private static void run(List<String> command) throws InterruptedException {
        Command.Finished done = Command.of(command).run(LIMIT);
        assertThat(done.status()).as(done.errors()).isZero();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        server.close();
    }
}
