package keystone.agent.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;

/// A proxy with real sockets, and servers on this machine's loopback, which counts as public here.
final class ProxyScene implements AutoCloseable {
    static final Limits LIMITS =
            new Limits(
                    300,
                    8 << 10,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20));

    final ScriptedNames names = new ScriptedNames();
    final Gate gate;
    final EgressProxy proxy;
    private final Path directory;
    private final Owned owned = new Owned();

    ProxyScene(Path directory, Limits limits, Map<String, String> environment) {
        this.directory = directory;
        this.gate =
                new Gate(
                        new SandboxName("blue"),
                        EgressPolicy.of(EgressMode.OPEN),
                        Upstream.from(environment),
                        names,
                        address ->
                                address.isLoopbackAddress()
                                        ? Optional.empty()
                                        : new PublicAddresses(List::of).objection(address));
        EgressLog log = owned.own(EgressLog.open(logFile()));
        this.proxy =
                owned.own(
                        EgressProxy.open(
                                socket(), gate, log, InstantSource.system(), limits, Tunnel.PLAIN));
    }

    static ProxyScene in(Path directory) {
        return new ProxyScene(directory, LIMITS, Map.of());
    }

    Path socket() {
        return directory.resolve("p.sock");
    }

    Path logFile() {
        return directory.resolve("egress.jsonl");
    }

    /// What a server does with one connection.
    @FunctionalInterface
    interface Conversation {
        void hold(InputStream in, OutputStream out, Socket socket) throws IOException;
    }

    /// A server for that name, on a port of its own.
    ///
    /// @return the port
    int server(String name, Conversation conversation) {
        names.with(name, "127.0.0.1");
        try {
            var listening = new ServerSocket(0, 400, InetAddress.getLoopbackAddress());
            owned.own(() -> close(listening));
            Thread.ofVirtual().start(() -> accept(listening, conversation));
            return listening.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void close(ServerSocket listening) {
        try {
            listening.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void accept(ServerSocket listening, Conversation conversation) {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> converse(client, conversation));
            }
        } catch (IOException closed) {
            // The scene is over.
        }
    }

    private static void converse(Socket client, Conversation conversation) {
        try (client) {
            conversation.hold(client.getInputStream(), client.getOutputStream(), client);
        } catch (IOException gone) {
            // The other side may be the one under test.
        }
    }

    /// Answers with what it was sent.
    int echo(String name) {
        return server(
                name,
                (in, out, _) -> {
                    in.transferTo(out);
                    out.flush();
                });
    }

    RawClient client() {
        return owned.own(RawClient.to(socket()));
    }

    /// The log's lines, once there are so many.
    List<Json.Obj> logged(int count) throws IOException {
        boolean _ = Patience.until(Duration.ofSeconds(10), () -> lines().size() >= count);
        var parsed = new ArrayList<Json.Obj>();
        lines().forEach(line -> parsed.add(Json.parse(line).asObject()));
        return parsed;
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(logFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
