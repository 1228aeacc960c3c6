package keystone.agent.ports;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import keystone.agent.process.Owned;
import org.jspecify.annotations.Nullable;

/// One connection from this host to a port of the guest: passes bytes both ways, as they are, until
/// both have ended. An end in one direction is passed on, and the other goes on.
final class Passage implements Owned.Ending {
    private static final int CHUNK = 64 << 10;

    private final SocketChannel client;
    private @Nullable SocketChannel guest;
    private boolean closed;

    Passage(SocketChannel client) {
        this.client = client;
    }

    /// To the end.
    void run(Way way, int port, String address) throws InterruptedException {
        try {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SocketChannel reached = way.connect(port, address);
            if (took(reached)) {
                Thread asking =
                        Thread.ofVirtual()
                                .name("to port " + port)
                                .start(() -> pass(client, reached));
                pass(reached, client);
                asking.join();
            }
        } catch (IOException notReached) {
            // The client sees its connection end: that is all one can say in any protocol.
        } finally {
            close();
        }
    }

    private synchronized boolean took(SocketChannel reached) throws IOException {
        guest = reached;
        if (closed) {
            reached.close();
        }
        return !closed;
    }

    private void pass(SocketChannel from, SocketChannel to) {
        var some = ByteBuffer.allocate(CHUNK);
        try {
            while (from.read(some) >= 0) {
                some.flip();
                while (some.hasRemaining()) {
                    to.write(some);
                }
                some.clear();
            }
            to.shutdownOutput();
        } catch (IOException ended) {
            close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        try (SocketChannel _ = client;
                SocketChannel _ = guest) {
            // Both, whatever becomes of the first.
        } catch (IOException e) {
            // It is of no use any more, and nobody can do more about it.
        }
    }
}
