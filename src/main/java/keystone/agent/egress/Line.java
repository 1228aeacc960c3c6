package keystone.agent.egress;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import keystone.agent.process.LoopbackPort;
import keystone.agent.process.ProcessTable;

/// One end of what passes: the guest's, or a server's. Read by one thread and written by one.
final class Line implements ByteSource, AutoCloseable {
    private static final int BUFFER = 16 << 10;

    private final SocketChannel channel;
    private final Runnable active;
    private final ByteBuffer incoming = ByteBuffer.allocate(BUFFER).flip();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    /// @param active runs whenever something has passed
    Line(SocketChannel channel, Runnable active) {
        this.channel = channel;
        this.active = active;
    }

    /// What has come and was not taken yet; waits for some. Empty only at the end.
    ByteBuffer some() throws IOException {
        if (!incoming.hasRemaining()) {
            incoming.clear();
            int got = channel.read(incoming);
            incoming.flip();
            if (got > 0) {
                received.addAndGet(got);
                active.run();
            }
        }
        return incoming;
    }

    @Override
    public int read() throws IOException {
        return some().hasRemaining() ? incoming.get() & 0xff : -1;
    }

    /// Whether the next byte may take a while.
    boolean isDrained() {
        return !incoming.hasRemaining();
    }

    byte[] exactly(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            int next = read();
            if (next < 0) {
                throw new EOFException("the other side ended too early");
            }
            bytes[i] = (byte) next;
        }
        return bytes;
    }

    void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes));
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int written = channel.write(bytes);
            sent.addAndGet(written);
            active.run();
        }
    }

    /// Whether it leads to a port of this host's loopback behind which there is a guest: its
    /// sandbox publishes what listens inside, and nobody may take what is behind that for this
    /// host.
    boolean leadsToGuest() throws IOException {
        if (channel.getRemoteAddress() instanceof InetSocketAddress there
                && channel.getLocalAddress() instanceof InetSocketAddress here
                && there.getAddress().isLoopbackAddress()) {
            return new LoopbackPort(there.getPort())
                    .peer(here.getPort())
                    .filter(each -> ProcessTable.isSupervisor(each.pid()))
                    .isPresent();
        }
        return false;
    }

    /// Says that nothing more is written, where somebody still listens.
    void finish() {
        try {
            channel.shutdownOutput();
        } catch (IOException goneAlready) {
            // Then it knows.
        }
    }

    /// Takes what still comes, to its end, and keeps none of it.
    void drain() throws IOException {
        while (incoming.clear().hasRemaining() && channel.read(incoming) >= 0) {
            // Nothing of it passes, so it is no activity.
        }
        incoming.clear().limit(0);
    }

    long received() {
        return received.get();
    }

    long sent() {
        return sent.get();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException goneAlready) {
            // That is what was wanted.
        }
    }
}
