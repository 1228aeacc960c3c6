package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import keystone.agent.model.HostName;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;

/// A [SecretScene] whose server speaks HTTP/2 and nothing else.
final class Http2Scene implements AutoCloseable {
    /// What a server does on a connection.
    @FunctionalInterface
    interface Conversation {
        void hold(Http2Peer guest) throws IOException, Malformed;
    }

    @FunctionalInterface
    interface Within {
        void hold(TlsEnd end) throws IOException, Malformed;
    }

    final SecretScene scene;

    /// The heads of requests as the server has got them, a line each.
    final List<List<String>> heads = new CopyOnWriteArrayList<>();

    volatile Conversation api = this::answerAll;

    /// What is within TLS.
    volatile Within within = end -> api.hold(Http2Peer.server(end));
    private final Owned owned = new Owned();

    Http2Scene(Path directory) throws IOException {
        this(
                directory,
                new Limits(
                        64,
                        8 << 10,
                        SecretScene.seconds(5),
                        SecretScene.seconds(5),
                        SecretScene.seconds(20)));
    }

    Http2Scene(Path directory, Limits limits) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        owned.own(() -> close(listening));
        ServerSocket bound =
                listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).socket();
        scene = new SecretScene(directory, limits, SecretScene.HOST, bound);
        owned.own(scene::close);
        Thread.ofVirtual().start(() -> accept(listening));
    }

    private static void close(ServerSocketChannel listening) {
        try {
            listening.close();
        } catch (IOException goneAlready) {
            // That is what was wanted.
        }
    }

    private void accept(ServerSocketChannel listening) {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Thread.ofVirtual().start(() -> converse(client));
            }
        } catch (IOException closed) {
            // The scene is over.
        }
    }

    private void converse(SocketChannel client) {
        try (client) {
            TlsEnd end =
                    TlsEnd.answering(
                            scene.world.contextFor(new HostName(SecretScene.HOST)),
                            new Line(client, () -> {}));
            within.hold(end);
        } catch (IOException | Malformed gone) {
            // The other side is the one under test.
        }
    }

    /// Answers every request that has come to its end with 200 and `hello`.
    void answerAll(Http2Peer guest) throws IOException, Malformed {
        while (true) {
            Http2Frame frame = guest.next();
            if (frame.type() == Http2Frame.HEADERS) {
                heads.add(Http2Peer.lines(guest.sections.read(frame)));
            }
            boolean isRequest =
                    frame.type() == Http2Frame.HEADERS || frame.type() == Http2Frame.DATA;
            if (isRequest && frame.has(Http2Frame.END_STREAM)) {
                guest.head(frame.stream(), 0, ":status: 200", "content-type: text/plain");
                guest.send(Http2Frame.DATA, Http2Frame.END_STREAM, frame.stream(), "hello");
            }
        }
    }

    /// A guest's program that speaks HTTP/2 and nothing else.
    Http2Peer guest() throws IOException {
        RawClient raw = scene.raw().tunnelTo(SecretScene.HOST, scene.port);
        return Http2Peer.guest(
                TlsEnd.asking(
                        SecretScene.trusting(scene.secrets.authority().certificate()),
                        new Target(new HostName(SecretScene.HOST), scene.port),
                        new Line(raw.channel, () -> {}),
                        Spoken.HTTP_2));
    }

    /// The lines of a request, with more of them.
    String[] get(String path, String... more) {
        var lines =
                new ArrayList<>(
                        List.of(
                                ":method: GET",
                                ":scheme: https",
                                ":authority: " + SecretScene.HOST + ":" + scene.port,
                                ":path: " + path));
        lines.addAll(List.of(more));
        return lines.toArray(String[]::new);
    }

    /// The header that the secret is for.
    String key() {
        return "x-api-key: " + scene.placeholder();
    }

    /// A connection is logged when it has ended.
    void awaitLogged(String words) {
        assertThat(Patience.until(SecretScene.seconds(10), () -> log().contains(words))).isTrue();
    }

    private String log() {
        try {
            return scene.logged();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
