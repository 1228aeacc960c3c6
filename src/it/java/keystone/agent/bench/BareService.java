package keystone.agent.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/// What is at the other end of a measured connection: `echo`, `bulk BYTES`, and a stream of events,
/// of which each is sent to two listeners at one moment.
final class BareService implements AutoCloseable {
    private static final int EVENTS = 260;
    private static final int BETWEEN_MILLIS = 50;
    private static final byte[] BLOCK = new byte[1 << 20];

    /// Of which there is never one.
    private final Semaphore pace = new Semaphore(0);

    private final ServerSocket plain;
    private final ServerSocket withTls;
    private final List<OutputStream> listeners = new ArrayList<>();

    BareService(SSLContext tls) throws IOException {
        plain = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        withTls =
                tls.getServerSocketFactory()
                        .createServerSocket(0, 64, InetAddress.getLoopbackAddress());
        for (ServerSocket each : List.of(plain, withTls)) {
            Thread.ofPlatform().daemon().name("bare service").start(() -> serveToTheEnd(each));
        }
    }

    int port() {
        return plain.getLocalPort();
    }

    int tlsPort() {
        return withTls.getLocalPort();
    }

    private void serveToTheEnd(ServerSocket listening) {
        try {
            while (true) {
                Socket client = listening.accept();
                client.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The bench is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            String line = line(in);
            if (line.startsWith("GET ")) {
                while (!line(in).isEmpty()) {
                    // The fields of its head.
                }
                listen(out);
            } else if (line.startsWith("bulk ")) {
                long left = Long.parseLong(line.substring("bulk ".length()));
                while (left > 0) {
                    int length = (int) Math.min(left, BLOCK.length);
                    out.write(BLOCK, 0, length);
                    left -= length;
                }
            } else {
                out.write((line + "\n").getBytes(US_ASCII));
            }
            out.flush();
            var _ = in.read();
        } catch (IOException | RuntimeException gone) {
            // Its own choice.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("ended");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /// The second of two that listen gets both their events, now one first and now the other.
    private void listen(OutputStream out) throws IOException, InterruptedException {
        out.write(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                        .getBytes(US_ASCII));
        out.flush();
        List<OutputStream> both;
        synchronized (listeners) {
            listeners.add(out);
            if (listeners.size() < 2) {
                listeners.wait();
                return;
            }
            both = List.copyOf(listeners);
            listeners.clear();
        }
        for (int i = 0; i < EVENTS; i++) {
            for (int which = 0; which < 2; which++) {
                OutputStream each = both.get((i + which) % 2);
                each.write(("data: " + i + "\n\n").getBytes(US_ASCII));
                each.flush();
            }
            boolean _ = pace.tryAcquire(BETWEEN_MILLIS, TimeUnit.MILLISECONDS);
        }
        synchronized (listeners) {
            listeners.notifyAll();
        }
    }

    @Override
    public void close() throws IOException {
        plain.close();
        withTls.close();
    }
}
