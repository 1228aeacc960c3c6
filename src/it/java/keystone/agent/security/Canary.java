package keystone.agent.security;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A service of this host that nobody may reach from a guest: it remembers everybody who tries.
///
/// Listens for TCP and UDP on every address, and for TCP on 127.0.0.1 alone.
final class Canary implements AutoCloseable {
    private final ServerSocket everywhere = new ServerSocket();
    private final ServerSocket loopback = new ServerSocket();
    private final DatagramSocket datagrams;
    private final List<String> visitors = new CopyOnWriteArrayList<>();

    Canary() throws IOException {
        everywhere.bind(new InetSocketAddress(0));
        loopback.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        datagrams = new DatagramSocket(everywhere.getLocalPort());
        Thread.startVirtualThread(() -> accept(everywhere));
        Thread.startVirtualThread(() -> accept(loopback));
        // A datagram socket holds its carrier.
        Thread.ofPlatform().daemon().start(this::receive);
    }

    int port() {
        return everywhere.getLocalPort();
    }

    int loopbackPort() {
        return loopback.getLocalPort();
    }

    List<String> visitors() {
        return visitors;
    }

    private void accept(ServerSocket server) {
        try {
            while (true) {
                try (var visitor = server.accept()) {
                    visitors.add("tcp " + visitor.getRemoteSocketAddress());
                    visitor.getOutputStream().write('!');
                }
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private void receive() {
        try {
            var packet = new DatagramPacket(new byte[64], 64);
            while (true) {
                datagrams.receive(packet);
                visitors.add("udp " + packet.getSocketAddress());
                datagrams.send(packet);
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    @Override
    public void close() throws IOException {
        everywhere.close();
        loopback.close();
        datagrams.close();
    }
}
