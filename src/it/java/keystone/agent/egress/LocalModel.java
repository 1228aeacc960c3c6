package keystone.agent.egress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A web server on this host's loopback, without TLS, that asks for a key as a gateway to models
/// does.
final class LocalModel implements AutoCloseable {
    private final HttpServer server;
    private final List<String> keys = new CopyOnWriteArrayList<>();

    private LocalModel(HttpServer server) {
        this.server = server;
    }

    static LocalModel open() throws IOException {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var model = new LocalModel(HttpServer.create(loopback, 0));
        model.server.createContext("/", model::answer);
        model.server.start();
        return model;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// Those that it was shown.
    List<String> keys() {
        return keys;
    }

    private void answer(HttpExchange asked) throws IOException {
        keys.add(String.valueOf(asked.getRequestHeaders().getFirst("X-Api-Key")));
        byte[] answer = "this is the model".getBytes(StandardCharsets.UTF_8);
        asked.sendResponseHeaders(200, answer.length);
        asked.getResponseBody().write(answer);
        asked.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
