package keystone.agent.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;

/// The least that a proxy does: `CONNECT` to wherever one likes, and bytes both ways. It decides
/// nothing, writes nothing down, and bounds nothing.
final class BareProxy implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final ServerSocketChannel listening;
    private final Map<String, Integer> elsewhere;

    private BareProxy(ServerSocketChannel listening, Map<String, Integer> elsewhere) {
        this.listening = listening;
        this.elsewhere = Map.copyOf(elsewhere);
        Thread.ofPlatform().daemon().name("bare proxy").start(this::serveToTheEnd);
    }

    static BareProxy on(Path socket) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(socket), 1024);
        return new BareProxy(channel, Map.of());
    }

    /// On a port of this host's loopback.
    ///
    /// @param elsewhere by target, such as `api.example:443`, the port of this host that is it
    static BareProxy onLoopback(Map<String, Integer> elsewhere) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        return new BareProxy(channel, elsewhere);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listening.getLocalAddress()).getPort();
    }

    private void serveToTheEnd() {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The bench is over.
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            String target = target(Channels.newInputStream(client));
            int port =
                    elsewhere.getOrDefault(
                            target,
                            Integer.parseInt(target.substring(target.lastIndexOf(':') + 1)));
            try (SocketChannel server =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                OutputStream out = Channels.newOutputStream(client);
                out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
                Thread back = Thread.ofVirtual().start(() -> copy(server, client));
                copy(client, server);
                back.join();
            }
        } catch (IOException | RuntimeException gone) {
            // Its own choice.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static String target(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended");
            }
            head.append((char) next);
        }
        return head.toString().split(" ", -1)[1];
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    int _ = to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            // So is the other direction.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
