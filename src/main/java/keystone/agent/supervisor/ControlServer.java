package keystone.agent.supervisor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.JsonLines;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.model.UserError;
import keystone.agent.process.Accepting;
import keystone.agent.process.Owned;

/// Accepts on the control socket, and only us: its directory (0700) keeps other users out, and so
/// does its own mode.
final class ControlServer implements Owned.Ending {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);
    private static final Duration SLOWEST_READER = Duration.ofSeconds(3);

    private final ServerSocketChannel channel;
    private final Peer.Handler handler;
    private final Set<Peer> peers = ConcurrentHashMap.newKeySet();

    private ControlServer(ServerSocketChannel channel, Peer.Handler handler) {
        this.channel = channel;
        this.handler = handler;
    }

    static ControlServer open(Path socket, Peer.Handler handler) {
        try {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            var server = new ControlServer(channel, handler);
            Thread.ofPlatform().daemon().name("control socket").start(server::acceptToTheEnd);
            return server;
        } catch (IOException e) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "cannot listen on " + socket,
                    "export XDG_RUNTIME_DIR=/run/user/$(id -u)",
                    e);
        }
    }

    private void acceptToTheEnd() {
        Accepting.toTheEnd(channel, this::greet);
    }

    private void greet(SocketChannel client) throws IOException {
        if (!isOurs(client)) {
            client.close();
            return;
        }
        var lines =
                new JsonLines(Channels.newInputStream(client), Channels.newOutputStream(client));
        // Who was answered is told of what happens from then on.
        Peer peer = Peer.start(lines, handler, peers::add);
        peer.onEnd(() -> peers.remove(peer));
    }

    /// Whether the peer is our own user. A client that has disconnected meanwhile counts as
    /// foreign.
    private static boolean isOurs(SocketChannel client) {
        try {
            return SameUser.isAt(client);
        } catch (IOException gone) {
            return false;
        }
    }

    /// Tells every connected client. One that does not read for so long that there is no room for
    /// more, as a command that was stopped with Ctrl-Z, is hung up on: nobody waits for it, and a
    /// stop does not either.
    void tellAll(String method, Json.Obj params) {
        peers.forEach(peer -> tell(peer, method, params));
    }

    private static void tell(Peer peer, String method, Json.Obj params) {
        var told = new CountDownLatch(1);
        Thread.ofVirtual()
                .name("patience with a client")
                .start(
                        () -> {
                            if (!passes(told)) {
                                peer.close();
                            }
                        });
        peer.notify(method, params);
        told.countDown();
    }

    private static boolean passes(CountDownLatch told) {
        try {
            return told.await(SLOWEST_READER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException nobodyInterruptsThisThread) {
            return true;
        }
    }

    /// Takes nobody new, lets the answers that are due go out, and hangs up.
    @Override
    public void close() {
        try {
            channel.close();
            for (Peer peer : peers) {
                peer.awaitAnswered(LAST_ANSWERS);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            peers.forEach(Peer::close);
        }
    }
}
