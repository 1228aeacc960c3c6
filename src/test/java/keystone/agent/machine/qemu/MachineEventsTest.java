package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import keystone.agent.json.Json;
import keystone.agent.machine.Machine;
import keystone.agent.process.Complaints;
import org.junit.jupiter.api.Test;

class MachineEventsTest {
    private final AtomicInteger resumptions = new AtomicInteger();
    private final AtomicInteger stalls = new AtomicInteger();
    private final MachineEvents events = new MachineEvents(new Counting(resumptions, stalls));

    @Test
    void a_machine_that_starts_has_not_resumed_but_one_that_was_stopped_has() {
        happened("RESUME");
        assertThat(resumptions).hasValue(0);

        happened("STOP");
        happened("RESUME");

        assertThat(resumptions).hasValue(1);
    }

    @Test
    void a_guest_that_powers_off_is_no_fault() {
        shutDown("guest-shutdown");

        assertThat(events.fault(0, new Complaints(QemuHost.SPEAKER))).isEmpty();
    }

    @Test
    void a_guest_that_restarts_or_crashes_is_told_as_such() {
        shutDown("guest-reset");

        assertThat(events.fault(0, new Complaints(QemuHost.SPEAKER)))
                .hasValue("was restarted by its guest, or the guest crashed");
    }

    @Test
    void a_kill_is_told_with_its_signal() {
        assertThat(events.fault(137, new Complaints(QemuHost.SPEAKER)))
                .hasValue("was killed by signal 9");
    }

    @Test
    void an_error_is_told_in_qemus_last_words() {
        var complaints = new Complaints(QemuHost.SPEAKER);
        complaints.read(
                new ByteArrayInputStream(
                        "qemu-system-x86_64: no space\u001b[31m\n"
                                .getBytes(StandardCharsets.UTF_8)));

        assertThat(events.fault(1, complaints)).hasValue("ended with status 1: no space?[31m");
    }

    private void happened(String name) {
        events.accept(new Qmp.Event(name, Json.object()));
    }

    private void shutDown(String reason) {
        events.accept(new Qmp.Event("SHUTDOWN", Json.object().with("reason", reason)));
    }

    @Test
    void a_full_disk_of_the_host_is_told_and_an_error_that_the_guest_sees_is_not() {
        events.accept(new Qmp.Event("BLOCK_IO_ERROR", Json.object().with("action", "report")));
        assertThat(stalls).hasValue(0);

        events.accept(new Qmp.Event("BLOCK_IO_ERROR", Json.object().with("action", "stop")));
        assertThat(stalls).hasValue(1);
    }

    private record Counting(AtomicInteger resumptions, AtomicInteger stalls)
            implements Machine.Listener {
        @Override
        public void began(long session) {}

        @Override
        public void console(String line) {}

        @Override
        public void resumed() {
            resumptions.incrementAndGet();
        }

        @Override
        public void held() {
            stalls.incrementAndGet();
        }

        @Override
        public void ended() {}

        @Override
        public void died(String how) {}
    }
}
