package keystone.agent.machine.qemu;

import java.util.function.Consumer;
import keystone.agent.machine.Machine;
import keystone.agent.model.Printable;
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
            case "RESUME" -> resumed();
            case "SHUTDOWN" -> shutdownReason = event.data().stringOrNull("reason");
            default -> {
                // QEMU has dozens that concern nobody here.
            }
        }
    }

    /// QEMU also says so when it starts the first time.
    private void resumed() {
        if (paused) {
            paused = false;
            listener.resumed();
        }
    }

    /// How QEMU ended, as the end of a sentence.
    ///
    /// @param status its exit status, 128 + the signal's number when it was killed
    String ending(int status, Complaints complaints) {
        if (status > 128) {
            return "was killed by signal " + (status - 128);
        }
        if (status != 0) {
            var lines = complaints.lines();
            return "ended with status " + status + (lines.isEmpty() ? "" : ": " + lines.getLast());
        }
        return switch (String.valueOf(shutdownReason)) {
            case "guest-shutdown" -> "was powered off by the guest";
            case "guest-reset" -> "was restarted by the guest, or its kernel gave up";
            case "guest-panic" -> "ended because the guest's kernel gave up";
            case "host-qmp-quit" -> "was told to quit";
            case "null" -> "ended without a reason";
            default -> "ended: " + Printable.of(String.valueOf(shutdownReason));
        };
    }
}
