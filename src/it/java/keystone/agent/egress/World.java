package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// The internet as a sandbox may see it here: a proxy of the host's, behind which every server
/// answers with the first line of what its proxy was asked.
final class World implements AutoCloseable {
    /// How it begins.
    private static final int TLS = 0x16;

    private static final int MOST_SURPLUS = 10_000;

    private final ServerSocket listening;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final Map<String, Integer> servers = new ConcurrentHashMap<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final TlsServers withTls = new TlsServers();
    private final List<String> surplus = new CopyOnWriteArrayList<>();

    private World(ServerSocket listening) {
        this.listening = listening;
    }

    static World open() throws IOException {
        var world = new World(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon().name("world").start(world::serveToTheEnd);
        return world;
    }

    private void serveToTheEnd() {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        mostAtOnce.accumulateAndGet(now.incrementAndGet(), Math::max);
        try {
            answer(client);
        } finally {
            now.decrementAndGet();
        }
    }

    private void answer(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            String head = head(in.read(), in);
            heads.add(head);
            String line = line(head);
            asked.add(line);
            if (line.startsWith("CONNECT ")) {
                out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
                out.flush();
                String target = line.substring("CONNECT ".length());
                Integer port = servers.get(target);
                if (port != null) {
                    passOn(client, port);
                    return;
                }
                int first = in.read();
                if (first == TLS) {
                    String server = target.replaceFirst(":443$", "");
                    withTls.serve(server, client, new byte[] {TLS});
                    return;
                }
                heads.add(head(first, in));
            }
            String body = line + "\n";
            out.write(
                    ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(US_ASCII));
            out.flush();
            client.shutdownOutput();
            client.setSoTimeout(2_000);
            surplus.add(rest(in));
        } catch (IOException gone) {
            // Its own choice.
        }
    }

    /// What comes before the end, or until nothing has come for a while.
    private static String rest(InputStream in) throws IOException {
        var text = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (text.length() < MOST_SURPLUS) {
                    text.append((char) next);
                }
            }
        } catch (SocketTimeoutException enough) {
            // Whoever it is keeps the connection, and says nothing.
        }
        return text.toString();
    }

    private static void passOn(Socket client, int port) throws IOException {
        try (var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread back = Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
            back.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            // So is the other direction.
        }
    }

    /// From now on a real server of this host's loopback answers as `target`, for tunnels.
    ///
    /// @param target such as `git.example.org:9418`
    void serve(String target, int port) {
        servers.put(target, port);
    }

    private static String line(String head) {
        return head.substring(0, Math.max(0, head.indexOf("\r\n"))).replace(" HTTP/1.1", "");
    }

    private static String head(int first, InputStream in) throws IOException {
        var text = new StringBuilder();
        int next = first;
        while (true) {
            if (next < 0 || next == TLS) {
                throw new IOException("nothing is asked that this understands");
            }
            text.append((char) next);
            if (text.indexOf("\r\n\r\n") >= 0) {
                break;
            }
            next = in.read();
        }
        return text.toString();
    }

    /// For the host's variables.
    String proxy() {
        return "http://me:hunter2@127.0.0.1:" + listening.getLocalPort();
    }

    int port() {
        return listening.getLocalPort();
    }

    /// How many connections there have been at one time.
    int mostAtOnce() {
        return mostAtOnce.get();
    }

    List<String> asked() {
        return List.copyOf(asked);
    }

    /// Everything that was asked in the open, whole.
    List<String> heads() {
        return List.copyOf(heads);
    }

    /// Behind tunnels, whoever begins TLS.
    TlsServers withTls() {
        return withTls;
    }

    /// What came after that to which it answered.
    List<String> surplus() {
        return List.copyOf(surplus);
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
