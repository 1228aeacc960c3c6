package keystone.agent.ports;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import keystone.agent.process.Owned;
import org.jspecify.annotations.Nullable;

/// One connection from this host to a port of the guest: passes bytes both ways, as they are, until
/// both have ended. An end in one direction is passed on, and the other goes on; but a guest that
/// says nothing to a client that has ended keeps no connection here for ever.
final class Passage implements Owned.Ending {
    /// Twice for each connection, of which there are hundreds, in a supervisor's small heap.
    private static final int CHUNK = 16 << 10;

    /// Long enough for an answer to whoever says that it has no more to ask.
    private static final Duration SILENT = Duration.ofMinutes(10);

    private final SocketChannel client;
    private final Duration silent;
    private volatile long heard = System.nanoTime();
    private @Nullable SocketChannel guest;
    private boolean isAnswered;
    private boolean closed;

    Passage(SocketChannel client) {
        this(client, SILENT);
    }

    /// @param silent how long the guest may say nothing once the client has ended
    Passage(SocketChannel client, Duration silent) {
        this.client = client;
        this.silent = silent;
    }

    /// To the end.
    void run(Way way, int port, String address) throws InterruptedException {
        try {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SocketChannel reached = way.connect(port, address);
            if (took(reached)) {
                Thread asking =
                        Thread.ofVirtual().name("to port " + port).start(() -> ask(reached));
                pass(reached, client);
                answered();
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

    /// What the client says; afterwards, somebody has to see that the guest does not keep this
    /// open.
    private void ask(SocketChannel reached) {
        pass(client, reached);
        heard = System.nanoTime();
        try {
            closeWhenSilent();
        } catch (InterruptedException stop) {
            close();
        }
    }

    private synchronized void answered() {
        isAnswered = true;
        notifyAll();
    }

    private synchronized void closeWhenSilent() throws InterruptedException {
        for (long left = left(); !closed && !isAnswered && left > 0; left = left()) {
            wait(Math.ceilDiv(left, 1_000_000L));
        }
        if (!isAnswered) {
            close();
        }
    }

    /// Nanoseconds until it has been silent for too long.
    private long left() {
        return heard + silent.toNanos() - System.nanoTime();
    }

    private void pass(SocketChannel from, SocketChannel to) {
        var some = ByteBuffer.allocate(CHUNK);
        try {
            while (from.read(some) >= 0) {
                heard = System.nanoTime();
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
        notifyAll();
        try (SocketChannel _ = client;
                SocketChannel _ = guest) {
            // Both, whatever becomes of the first.
        } catch (IOException e) {
            // It is of no use any more, and nobody can do more about it.
        }
    }
}
