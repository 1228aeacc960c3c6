package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.ProcessTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LineTest {
    /// Says where it listens, and takes one connection when it is told to.
    private static final String SERVICE =
            """
            import socket, sys
            s = socket.create_server(("127.0.0.1", 0))
            print(s.getsockname()[1], flush=True)
            sys.stdin.readline()
            kept = s.accept()
            s.close()
            print("taken", flush=True)
            sys.stdin.readline()
            """;

    private static Command service() {
        return Command.of("python3", "-c", SERVICE);
    }

    private static String line(InputStream from) throws IOException {
        var line = new StringBuilder();
        for (int c = from.read(); c >= 0 && c != '\n'; c = from.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /// Before it was taken and after, when nobody listens there any more.
    private static void assertLeads(Command service, boolean toGuest) throws IOException {
        try (OwnedProcess running = service.start()) {
            int port = Integer.parseInt(line(running.output()));
            var there = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try (var line = new Line(SocketChannel.open(there), () -> {})) {
                assertThat(line.leadsToGuest()).isEqualTo(toGuest);
                running.input().write('\n');
                running.input().flush();
                assertThat(line(running.output())).isEqualTo("taken");
                assertThat(line.leadsToGuest()).isEqualTo(toGuest);
            }
        }
    }

    @Test
    void a_port_of_a_supervisors_is_a_guests() throws IOException {
        assertLeads(service().withEnvironment(ProcessTable.SUPERVISOR_MARK, "/run/x"), true);
    }

    @Test
    void another_is_a_service_of_this_host() throws IOException {
        assertLeads(service(), false);
    }
}
