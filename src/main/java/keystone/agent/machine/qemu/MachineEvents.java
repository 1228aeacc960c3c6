package keystone.agent.machine.qemu;

import java.util.Optional;
import java.util.function.Consumer;
import keystone.agent.json.Json;
import keystone.agent.machine.Machine;
import keystone.agent.model.Printable;
import keystone.agent.process.Complaints;
import org.jspecify.annotations.Nullable;

/// Understands QEMU's events: a pause that ended, and why the machine went down.
final class MachineEvents implements Consumer<Qmp.Event> {
    private final Machine.Listener listener;
    private boolean paused;
    private volatile @Nullable String shutdownReason;

    MachineEvents(Machine.Listener listener) {
        this.listener = listener;
    }

    @Override
    public void accept(Qmp.Event event) {
        switch (event.name()) {
            case "STOP" -> paused = true;
            case "BLOCK_IO_ERROR" -> failedToWrite(event.data());
            case "RESUME" -> resumed();
            case "SHUTDOWN" -> shutdownReason = event.data().stringOrNull("reason");
            default -> {
                // QEMU has dozens that concern nobody here.
            }
        }
    }

    /// Other failures are the guest's to handle; see QEMU's `werror=enospc`, its default.
    private void failedToWrite(Json.Obj data) {
        if ("stop".equals(data.stringOrNull("action"))) {
            listener.held();
        }
    }

    /// QEMU also says so when it starts the first time.
    private void resumed() {
        if (paused) {
            paused = false;
            listener.resumed();
        }
    }

    /// Why QEMU's end was none that anybody asked for, as the end of a sentence; empty when the
    /// guest powered off or QEMU was told to quit.
    ///
    /// @param status its exit status, 128 + the signal's number when it was killed
    Optional<String> fault(int status, Complaints complaints) {
        if (status > 128) {
            return Optional.of("was killed by signal " + (status - 128));
        }
        if (status != 0) {
            var said = complaints.lines();
            String last = said.isEmpty() ? "" : ": " + said.getLast();
            return Optional.of("ended with status " + status + last);
        }
        return switch (String.valueOf(shutdownReason)) {
            case "guest-shutdown", "host-qmp-quit" -> Optional.empty();
            case "host-signal" -> Optional.of("was told to end by somebody else's signal");
            case "guest-reset" -> Optional.of("was restarted by its guest, or the guest crashed");
            case "null" -> Optional.of("ended without saying why");
            default -> Optional.of("ended: " + Printable.of(String.valueOf(shutdownReason)));
        };
    }
}
