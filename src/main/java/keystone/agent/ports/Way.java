package keystone.agent.ports;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/// How a port of a guest is reached.
@FunctionalInterface
public interface Way {
    /// Makes a connection that ends there; the caller closes it. Called from any thread.
    ///
    /// @param address in the guest, as in [keystone.agent.model.GuestListener]
    SocketChannel connect(int port, String address) throws IOException, InterruptedException;
}
