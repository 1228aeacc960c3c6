package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import keystone.agent.model.UserError;
import keystone.agent.process.Complaints;
import org.junit.jupiter.api.Test;

class QemuFailureTest {
    @Test
    void memory_that_the_host_has_not_is_told_with_a_fix() {
        UserError error =
                failure("qemu: cannot set up guest memory 'pc.ram': Cannot allocate memory");

        assertThat(error.problem()).isEqualTo("this host cannot give the sandbox 1g of memory");
        assertThat(error.fix()).contains("--memory");
    }

    @Test
    void a_disk_in_use_is_told_as_such() {
        assertThat(failure("qemu: Failed to get \"write\" lock\n").problem())
                .isEqualTo("another process uses the disk /state/disk.qcow2");
    }

    @Test
    void anything_else_is_told_in_qemus_last_words_without_its_warnings() {
        UserError error =
                failure(
                        """
                        qemu-system-x86_64: -accel tcg: something is odd
                        qemu-system-x86_64: warning: and something else
                        """);

        assertThat(error.problem()).isEqualTo("QEMU could not start: -accel tcg: something is odd");
    }

    @Test
    void a_qemu_that_said_nothing_is_told_by_what_we_saw() {
        assertThat(failure("").problem()).isEqualTo("QEMU could not start: it was silent");
    }

    @Test
    void endless_complaints_are_kept_in_bounded_memory() {
        var complaints = new Complaints(QemuHost.SPEAKER);

        complaints.read(new ByteArrayInputStream(new byte[10_000_000]));

        assertThat(complaints.text()).hasSizeLessThanOrEqualTo(16 << 10);
    }

    @Test
    void the_port_is_the_one_that_leads_to_the_guests_sshd() {
        String table =
                """
                Hub -1 (net0):
                  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
                  TCP[ESTABLISHED]   17       127.0.0.1 50000       10.0.2.15    22     0     0
                  TCP[HOST_FORWARD]  14       127.0.0.1 40001       10.0.2.15    80     0     0
                  TCP[HOST_FORWARD]  13       127.0.0.1 43211       10.0.2.15    22     0     0
                """;

        assertThat(UsernetTable.sshPort(table)).isEqualTo(OptionalInt.of(43211));
        assertThat(UsernetTable.sshPort("Hub -1 (net0):\n")).isEmpty();
    }

    private static UserError failure(String said) {
        var complaints = new Complaints(QemuHost.SPEAKER);
        complaints.read(new ByteArrayInputStream(said.getBytes(StandardCharsets.UTF_8)));
        return QemuFailure.of(
                Machines.with(Path.of("/project")), complaints, new IOException("it was silent"));
    }
}
