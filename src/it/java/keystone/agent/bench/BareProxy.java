package keystone.agent.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A proxy that does nothing but pass on: whatever it is asked for, it connects to one port.
final class BareProxy implements AutoCloseable {
    private static final byte[] CONNECTED = "HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII);
    private static final String END = "\r\n\r\n";

    private final ServerSocket listening;
    private final int target;

    BareProxy(int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 400, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::acceptToTheEnd);
    }

    private void acceptToTheEnd() {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // It has been measured.
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            var head = new StringBuilder();
            while (head.indexOf(END) < 0) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                head.append((char) next);
            }
            client.getOutputStream().write(CONNECTED);
            Thread back = Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
            back.join();
        } catch (IOException gone) {
            // So has its measurement.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            // The other direction hears of it, too.
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
