package keystone.agent.it;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Holds the first process that reaches a named moment still there, until it is released or killed;
/// the other end of [keystone.agent.supervisor.Checkpoint].
public final class Hold implements AutoCloseable {
    static final String VARIABLE = "KEYSTONE_AGENT_HOLD_AT";

    private final String moment;
    private final Path socket;
    private final ServerSocketChannel server;
    private final CompletableFuture<SocketChannel> reached = new CompletableFuture<>();

    private Hold(String moment, Path socket, ServerSocketChannel server) {
        this.moment = moment;
        this.socket = socket;
        this.server = server;
    }

    public static Hold at(String moment) throws IOException {
        Path socket = Files.createTempDirectory("ks-hold-").resolve("s");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        var hold = new Hold(moment, socket, server);
        Thread.startVirtualThread(hold::accept);
        return hold;
    }

    String value() {
        return moment + ":" + socket;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel held = server.accept();
                if (!reached.complete(held)) {
                    held.close();
                }
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    /// Waits until a process is there.
    ///
    /// @return its pid
    public long await(Duration limit) throws InterruptedException, IOException {
        try {
            SocketChannel held = reached.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return Long.parseLong(readLine(held).substring(moment.length() + 1));
        } catch (TimeoutException never) {
            throw new AssertionError(
                    "`" + moment + "` was not reached within " + limit.toSeconds() + " s", never);
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    private static String readLine(SocketChannel held) throws IOException {
        var line = new StringBuilder();
        var input = Channels.newInputStream(held);
        for (int c = input.read(); c >= 0 && c != '\n'; c = input.read()) {
            line.append((char) c);
        }
        return new String(
                line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    public void release() throws IOException {
        SocketChannel held = reached.getNow(null);
        if (held != null) {
            held.close();
        }
    }

    /// Whoever is held goes on, and so does whoever comes later.
    @Override
    public void close() throws IOException {
        server.close();
        release();
        Files.deleteIfExists(socket);
        Files.deleteIfExists(socket.getParent());
    }
}
