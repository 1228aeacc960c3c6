package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

/// The providers' servers as a sandbox may see them here: a proxy of the host's, behind which every
/// name is a server of the test's with TLS and a certificate for that name.
final class TlsWorld implements AutoCloseable {
    private final ServerSocket listening;
    private final TlsServers servers = new TlsServers();

    private TlsWorld(ServerSocket listening) {
        this.listening = listening;
    }

    static TlsWorld open() throws IOException {
        var world = new TlsWorld(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon().name("world with TLS").start(world::serveToTheEnd);
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
        try (client) {
            List<String> head = head(client.getInputStream());
            String server = head.getFirst().split(" ", -1)[1].replaceFirst(":443$", "");
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
            servers.serve(server, client, new byte[0]);
        } catch (IOException | RuntimeException gone) {
            // Its own choice.
        }
    }

    private static List<String> head(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended");
            }
            text.append((char) next);
        }
        return text.toString().strip().lines().toList();
    }

    /// For the host's variables.
    String proxy() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /// Writes what the host has to trust.
    Path bundle(Path file) throws IOException {
        return servers.bundle(file);
    }

    /// What a server has been asked, the newest at the end.
    List<TlsServers.Asked> asked(String server) {
        return servers.asked().stream().filter(each -> each.server().equals(server)).toList();
    }

    TlsServers.Asked lastAsked(String server) {
        List<TlsServers.Asked> all = asked(server);
        if (all.isEmpty()) {
            throw new AssertionError("nobody has asked " + server);
        }
        return all.getLast();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
