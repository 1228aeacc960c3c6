package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CheckpointTest {
    @TempDir Path temporary;

    @Test
    void it_holds_still_at_its_moment_until_the_other_side_closes() throws Exception {
        Path socket = temporary.resolve("a:b");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Checkpoint checkpoint = heldAt("start:guest ssh", socket);

            Thread process = Thread.startVirtualThread(() -> checkpoint.reached("start:guest ssh"));
            String line;
            try (SocketChannel held = server.accept()) {
                line = read(held);
                assertThat(process.isAlive()).isTrue();
            }

            assertThat(process.join(Duration.ofSeconds(30))).isTrue();
            assertThat(line).isEqualTo("start:guest ssh " + ProcessHandle.current().pid() + "\n");
        }
    }

    @Test
    void every_other_moment_is_passed_over() throws Exception {
        Path socket = temporary.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            server.configureBlocking(false);

            heldAt("start:machine", socket).reached("start:kernel");

            assertThat(server.accept()).isNull();
        }
    }

    @Test
    void where_nobody_listens_the_process_goes_on() {
        Checkpoint checkpoint = heldAt("start:machine", temporary.resolve("nobody-is-there"));

        assertThatNoException().isThrownBy(() -> checkpoint.reached("start:machine"));
    }

    private static Checkpoint heldAt(String moment, Path socket) {
        return Checkpoint.from(Map.of("KEYSTONE_AGENT_HOLD_AT", moment + ":" + socket));
    }

    private static String read(SocketChannel held) throws Exception {
        var buffer = ByteBuffer.allocate(100);
        while (buffer.position() == 0 || buffer.get(buffer.position() - 1) != '\n') {
            held.read(buffer);
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
}
