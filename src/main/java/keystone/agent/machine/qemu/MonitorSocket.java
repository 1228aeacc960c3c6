package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.jsonrpc.JsonLines;
import keystone.agent.model.Owner;
import keystone.agent.process.HostUser;

/// Where we wait for the one QEMU that we start. Closing it ends a wait.
final class MonitorSocket implements AutoCloseable {
    /// QEMU's longest answer of those we ask for is a table of a few kilobytes.
    private static final int LONGEST_LINE = 256 << 10;

    private final Path path;
    private final ServerSocketChannel server;

    private MonitorSocket(Path path, ServerSocketChannel server) {
        this.path = path;
        this.server = server;
    }

    /// Opens it for `owner`, whom QEMU will work as; a socket left by an earlier run is replaced.
    static MonitorSocket listen(Path path, Owner owner, HostUser user) throws IOException {
        Files.deleteIfExists(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path), 1);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            if (owner.uid() != user.ids().uid()) {
                Files.setAttribute(path, "unix:uid", owner.uid());
            }
            return new MonitorSocket(path, server);
        } catch (IOException failed) {
            server.close();
            throw failed;
        }
    }

    Path path() {
        return path;
    }

    /// Waits for QEMU.
    ///
    /// @throws IOException when it did not come within the limit, or this was closed
    JsonLines accept(Duration limit) throws IOException, InterruptedException {
        var accepted = new CompletableFuture<SocketChannel>();
        Thread.ofVirtual().name("monitor socket").start(() -> complete(accepted));
        try {
            SocketChannel channel = accepted.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new JsonLines(
                    Channels.newInputStream(channel),
                    Channels.newOutputStream(channel),
                    LONGEST_LINE);
        } catch (TimeoutException late) {
            throw new IOException("QEMU did not report within " + limit.toSeconds() + " s", late);
        } catch (ExecutionException closed) {
            throw new IOException("QEMU ended before it reported", closed.getCause());
        }
    }

    private void complete(CompletableFuture<SocketChannel> accepted) {
        try {
            accepted.complete(server.accept());
        } catch (IOException closed) {
            accepted.completeExceptionally(closed);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path, e);
        }
    }
}
