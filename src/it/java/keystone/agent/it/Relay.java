package keystone.agent.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Makes one port of 127.0.0.1 lead to another.
public final class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final int target;

    private Relay(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    public static Relay open(int port, int target) throws IOException {
        var server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        var relay = new Relay(server, target);
        Thread.startVirtualThread(relay::accept);
        return relay;
    }

    private void accept() {
        try {
            while (true) {
                Socket from = server.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                Thread.startVirtualThread(() -> carry(from, to));
                Thread.startVirtualThread(() -> carry(to, from));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException oneSideEnded) {
            // Both are closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
