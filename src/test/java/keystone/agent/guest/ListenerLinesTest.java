package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.GuestListener;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ListenerLinesTest {
    @Test
    void listeners_are_read() {
        assertThat(ListenerLines.parse("listening 3000,127.0.0.1,node 8000,::1,"))
                .containsExactly(
                        new GuestListener(3000, "127.0.0.1", "node"),
                        new GuestListener(8000, "::1", ""));
        assertThat(ListenerLines.parse("listening")).isEmpty();
    }

    @Test
    void what_is_no_listener_is_left_out() {
        assertThat(
                        ListenerLines.parse(
                                "listening 0,127.0.0.1,a 65536,127.0.0.1,a 99999999999,127.0.0.1,a"
                                        + " -1,127.0.0.1,a 080,127.0.0.1,a 80,127.0.0.256,a"
                                        + " 80,localhost,a 80,fe80::1,a 80,::1:22,a 80,127.0.0.1,\u001b[31m"
                                        + " 80,127.0.0.1,aaaaaaaaaaaaaaaa 80,127.0.0.1 80  , 80,127.0.0.1,a,b"
                                        + " ٣٠,127.0.0.1,a 81,127.0.0.1,ok"))
                .containsExactly(new GuestListener(81, "127.0.0.1", "ok"));
    }

    @Test
    void there_are_at_most_so_many() {
        String many = "listening" + " 3000,127.0.0.1,a".repeat(5_000);

        assertThat(ListenerLines.parse(many)).hasSize(ListenerLines.MOST);
    }

    @Test
    void a_line_without_end_is_the_end() throws IOException {
        assertThat(next("x".repeat(1 << 20))).isEmpty();
        assertThat(next("listening 3000,127.0.0.1,a")).isEmpty();
        assertThat(next("")).isEmpty();
    }

    @Test
    void what_a_shells_files_print_before_is_passed_over() throws IOException {
        assertThat(next("Welcome!\nlistening-in\nlistening 3000,::1,a\n"))
                .contains(List.of(new GuestListener(3000, "::1", "a")));
    }

    private static Optional<List<GuestListener>> next(String text) throws IOException {
        return ListenerLines.next(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// With this host's kernel, which has the same tables as a guest's.
    @Test
    @Timeout(60)
    void the_program_sees_every_kind_of_listener_come_and_go() throws Exception {
        String program = Files.readString(Path.of("src/main/resources/ports/listeners.py"));
        try (OwnedProcess running = Command.of("python3", "-I", "-S", "-c", program).start()) {
            var before = ListenerLines.next(running.output());
            assertThat(before).isPresent();

            for (String address : List.of("127.0.0.1", "0.0.0.0", "::1", "::", "127.0.0.9")) {
                int port;
                try (ServerSocketChannel server = listen(address)) {
                    port = ((InetSocketAddress) server.getLocalAddress()).getPort();
                    GuestListener seen = await(running, port, true).orElseThrow();
                    assertThat(seen.address()).as(address).isEqualTo(loopbackOf(address));
                    assertThat(seen.program()).isEqualTo("java");
                }
                assertThat(await(running, port, false)).isEmpty();
            }
            try (var mapped = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
                // Java's are of IPv6, whatever they listen on.
                assertThat(await(running, mapped.getLocalPort(), true))
                        .map(GuestListener::address)
                        .contains("127.0.0.1");
            }

            running.input().close();
            assertThat(running.awaitExit(Duration.ofSeconds(10))).hasValue(0);
        }
    }

    private static ServerSocketChannel listen(String address) throws IOException {
        ProtocolFamily family =
                address.contains(":") ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        return ServerSocketChannel.open(family)
                .bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    }

    private static String loopbackOf(String address) {
        return switch (address) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> address;
        };
    }

    private static Optional<GuestListener> await(OwnedProcess running, int port, boolean there)
            throws IOException {
        while (true) {
            Optional<GuestListener> found =
                    ListenerLines.next(running.output()).orElseThrow().stream()
                            .filter(each -> each.port() == port)
                            .findFirst();
            if (found.isPresent() == there) {
                return found;
            }
        }
    }
}
