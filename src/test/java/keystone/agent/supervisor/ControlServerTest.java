package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.JsonLines;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.jsonrpc.RpcError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ControlServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MANY = 2_000;

    @TempDir Path temporary;

    @Test
    @Timeout(60)
    void a_client_that_does_not_read_keeps_nobody_from_telling_the_others() throws Exception {
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(temporary.resolve("s"));
        var last = new CountDownLatch(1);
        try (ControlServer server =
                        ControlServer.open(socket.getPath(), new Counting(new CountDownLatch(1)));
                SocketChannel asleep = SocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel awake = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            asleep.connect(socket);
            awake.connect(socket);
            try (Peer client = Peer.start(lines(awake), new Counting(last))) {
                // Accepted in order, so that both are known from here on.
                Json _ = client.call("hello", Json.object(), LIMIT);
                for (int i = 0; i < MANY; i++) {
                    server.tellAll("notice", Json.object().with("n", i).with("x", "x".repeat(500)));
                }

                assertThat(last.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static JsonLines lines(SocketChannel channel) {
        return new JsonLines(Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    private record Counting(CountDownLatch last) implements Peer.Handler {
        @Override
        public Json request(Peer from, String method, Json.Obj params) throws RpcError {
            return Json.object();
        }

        @Override
        public void notification(String method, Json.Obj params) {
            if (params.number("n") == MANY - 1) {
                last.countDown();
            }
        }
    }
}
