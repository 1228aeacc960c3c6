package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.process.ProcessTable.Marked;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Whoever runs the same tests on this host has others.
    private static Path runOf(String name) {
        return Path.of("/run", name + " " + ProcessHandle.current().pid());
    }

    @Test
    void a_wrapper_cannot_hide_what_it_started() throws Exception {
        Path run = runOf("some sandbox");
        Command wrapper =
                Command.of("sh", "-c", "sh -c 'sleep 984 & echo $!; read x'; true")
                        .withEnvironment(ProcessTable.CHILD_MARK, run.toString());
        try (OwnedProcess process = wrapper.start()) {
            var reader =
                    new BufferedReader(
                            new InputStreamReader(process.output(), StandardCharsets.UTF_8));
            long grandchild = Long.parseLong(reader.readLine());

            // The shell says its child's pid before that has become `sleep`.
            assertThat(Patience.until(LIMIT, () -> sleeps(run, grandchild))).isTrue();
        }
        assertThat(ProcessTable.marked(ProcessTable.CHILD_MARK, run)).isEmpty();
    }

    private static boolean sleeps(Path run, long pid) {
        return ProcessTable.marked(ProcessTable.CHILD_MARK, run).stream()
                .filter(each -> each.identity().pid() == pid)
                .anyMatch(each -> each.program().equals("sleep"));
    }

    @Test
    void a_mark_that_another_user_gave_is_not_ours() throws Exception {
        assumeTrue(HostUser.current().isRoot(), "only root can be somebody else");
        Path run = runOf("faked");
        try (OwnedProcess theirs = marked(run, "setpriv", "--reuid=65534", "sleep", "981");
                OwnedProcess own = marked(run, "sleep", "980")) {
            assertThat(Patience.until(LIMIT, () -> sleeps(run, theirs.pid()))).isTrue();
            assertThat(Patience.until(LIMIT, () -> sleeps(run, own.pid()))).isTrue();

            assertThat(ProcessTable.marked(ProcessTable.CHILD_MARK, run))
                    .filteredOn(Marked::isOurs)
                    .extracting(each -> each.identity().pid())
                    .containsExactly(own.pid());
        }
    }

    @Test
    void a_process_tells_the_session_that_it_was_born_into() throws Exception {
        Path run = runOf("born");
        try (OwnedProcess first = marked(run, "sh", "-c", "sleep 979 & wait")) {
            assertThat(Patience.until(LIMIT, () -> marked(run).size() == 2)).isTrue();

            assertThat(marked(run)).extracting(Marked::session).containsOnly(first.pid());
        }
    }

    private static OwnedProcess marked(Path run, String... command) {
        return Command.of(command).withEnvironment(ProcessTable.CHILD_MARK, run.toString()).start();
    }

    private static List<Marked> marked(Path run) {
        return ProcessTable.marked(ProcessTable.CHILD_MARK, run);
    }

    @Test
    void a_recycled_pid_is_another_process() {
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
        var earlier = new ProcessIdentity(self.pid(), self.startTicks() - 1, self.bootId());
        var otherBoot = new ProcessIdentity(self.pid(), self.startTicks(), "another boot");

        assertThat(self.isAlive()).isTrue();
        assertThat(earlier.isAlive()).isFalse();
        assertThat(otherBoot.isAlive()).isFalse();
        assertThat(Posix.signal(earlier, Signal.KILL)).isFalse();
    }

    @Test
    void the_holder_of_a_port_is_named() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = new LoopbackPort(socket.getLocalPort());

            assertThat(port.isFree()).isFalse();
            assertThat(port.holder())
                    .hasValueSatisfying(
                            holder -> {
                                assertThat(holder.pid()).isEqualTo(ProcessHandle.current().pid());
                                assertThat(holder.program()).isEqualTo("java");
                            });
        }
    }

    @Test
    void the_connections_of_a_port_are_counted() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = new LoopbackPort(socket.getLocalPort());
            assertThat(port.connections()).isZero();

            try (var _ = new Socket(socket.getInetAddress(), socket.getLocalPort());
                    var _ = socket.accept()) {
                assertThat(port.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_port_that_nobody_holds_is_free() throws Exception {
        int number;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            number = socket.getLocalPort();
        }

        assertThat(new LoopbackPort(number).isFree()).isTrue();
        assertThat(new LoopbackPort(number).holder()).isEmpty();
    }
}
