package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A service of this host's that answers whatever it hears.
final class HostService implements AutoCloseable {
    private final String name;
    private final ServerSocket listening;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private HostService(String name, ServerSocket listening) {
        this.name = name;
        this.listening = listening;
        Thread.ofPlatform().daemon().name(name).start(this::serveToTheEnd);
    }

    static HostService onLoopback(String name) throws IOException {
        return new HostService(name, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    /// On every address of this host.
    static HostService everywhere(String name) throws IOException {
        return new HostService(name, new ServerSocket(0));
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
            heard.add("a connection");
            String said = new String(client.getInputStream().readAllBytes(), UTF_8);
            heard.add(said);
            client.getOutputStream().write((name + " heard " + said).getBytes(UTF_8));
        } catch (IOException gone) {
            // Its own choice.
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
