package keystone.agent.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Answers each byte: an `e` with itself, a `b` with 32 MiB.
final class BareService implements AutoCloseable {
    private static final int MEBIBYTES = 32;

    private final ServerSocket listening;

    BareService() throws IOException {
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

    private static void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int asked = in.read(); asked >= 0; asked = in.read()) {
                if (asked == 'b') {
                    byte[] mebibyte = new byte[1 << 20];
                    for (int i = 0; i < MEBIBYTES; i++) {
                        out.write(mebibyte);
                    }
                } else {
                    out.write(asked);
                }
            }
        } catch (IOException gone) {
            // So has its measurement.
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
