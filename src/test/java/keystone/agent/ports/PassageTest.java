package keystone.agent.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PassageTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final Duration SHORT = Duration.ofMillis(300);

    private ServerSocketChannel server;
    private SocketChannel client;
    private SocketChannel accepted;
    private SocketChannel toGuest;
    private SocketChannel guest;

    @BeforeEach
    void open() throws IOException {
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = SocketChannel.open(server.getLocalAddress());
        accepted = server.accept();
        toGuest = SocketChannel.open(server.getLocalAddress());
        guest = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        for (AutoCloseable each : new SocketChannel[] {client, accepted, toGuest, guest}) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        server.close();
    }

    private Thread passing(Duration silent) {
        var passage = new Passage(accepted, silent);
        return Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                passage.run((_, _) -> toGuest, 80, "127.0.0.1");
                            } catch (InterruptedException stop) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    @Test
    void whoever_has_asked_and_ended_is_answered() throws Exception {
        Thread passing = passing(LONG);
        client.write(ByteBuffer.wrap(new byte[] {1}));
        client.shutdownOutput();
        var some = ByteBuffer.allocate(1);
        assertThat(guest.read(some)).isEqualTo(1);
        assertThat(guest.read(some.clear())).isEqualTo(-1);

        guest.write(ByteBuffer.wrap(new byte[] {2}));
        guest.close();

        assertThat(client.read(some.clear())).isEqualTo(1);
        assertThat(client.read(some.clear())).isEqualTo(-1);
        assertThat(passing.join(LONG)).isTrue();
    }

    @Test
    void a_guest_that_says_nothing_keeps_no_connection_of_one_who_has_gone() throws Exception {
        Thread passing = passing(SHORT);

        client.close();

        assertThat(passing.join(LONG)).isTrue();
        assertThat(guest.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void while_the_client_is_there_it_may_be_silent() throws Exception {
        Thread passing = passing(SHORT);

        assertThat(passing.join(SHORT.multipliedBy(4))).isFalse();
        client.write(ByteBuffer.wrap(new byte[] {1}));
        assertThat(guest.read(ByteBuffer.allocate(1))).isEqualTo(1);
        client.close();
        guest.close();
        assertThat(passing.join(LONG)).isTrue();
    }
}
