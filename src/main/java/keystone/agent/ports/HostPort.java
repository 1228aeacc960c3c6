package keystone.agent.ports;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;

/// A number of this host's loopback on which we listen, until it is closed.
///
/// @param channels one for each address
record HostPort(int number, List<ServerSocketChannel> channels) implements Owned.Ending {
    /// As when this process has no descriptor left.
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    HostPort {
        channels = List.copyOf(channels);
    }

    /// Takes what connects, on threads of its own.
    void accept(Consumer<SocketChannel> taking) {
        for (ServerSocketChannel channel : channels) {
            Thread.ofVirtual()
                    .name("port " + number)
                    .start(
                            () -> {
                                while (channel.isOpen()) {
                                    acceptOne(channel, taking);
                                }
                            });
        }
    }

    private static void acceptOne(ServerSocketChannel channel, Consumer<SocketChannel> taking) {
        try {
            taking.accept(channel.accept());
        } catch (IOException failure) {
            boolean _ = Patience.until(AFTER_FAILURE, () -> !channel.isOpen());
        }
    }

    @Override
    public void close() {
        channels.forEach(HostPort::close);
    }

    static void close(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("a port could not be closed", e);
        }
    }
}
