package keystone.agent.ports;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.process.Accepting;
import keystone.agent.process.Owned;

/// A number of this host's loopback on which we listen, until it is closed.
final class HostPort implements Owned.Ending {
    private static final Duration END = Duration.ofSeconds(2);

    private final int number;
    private final List<ServerSocketChannel> channels;
    private final List<Thread> accepting = new ArrayList<>();

    /// @param channels one for each address
    HostPort(int number, List<ServerSocketChannel> channels) {
        this.number = number;
        this.channels = List.copyOf(channels);
    }

    int number() {
        return number;
    }

    /// Takes what connects, on threads of its own; once.
    ///
    /// @param taking waits for nobody who closes this
    void accept(Consumer<SocketChannel> taking) {
        for (ServerSocketChannel channel : channels) {
            Runnable loop = () -> Accepting.toTheEnd(channel, taking::accept);
            accepting.add(Thread.ofVirtual().name("port " + number).start(loop));
        }
    }

    /// The number is free when this returns: a channel on which a virtual thread waits is closed by
    /// that thread, a moment later.
    @Override
    public void close() {
        channels.forEach(HostPort::close);
        try {
            for (Thread each : accepting) {
                boolean _ = each.join(END);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    static void close(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("a port could not be closed", e);
        }
    }
}
