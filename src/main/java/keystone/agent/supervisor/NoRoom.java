package keystone.agent.supervisor;

import java.nio.file.Path;
import keystone.agent.machine.Machine;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Ends a temporary guest that waits because this host has no room for what it writes. Nobody lets
/// it go on later, so whoever runs its job hears the reason now, and not in minutes that the
/// connection to it was lost. Everything else that a machine tells shows in its commands.
final class NoRoom implements BringUp.Listener {
    private final Path place;
    private boolean met;
    private @Nullable Machine machine;

    /// @param place what lies on the disk that the guest writes to
    NoRoom(Path place) {
        this.place = place;
    }

    /// From now on there is a machine to end.
    void watch(Machine up) {
        synchronized (this) {
            machine = up;
        }
        endWhenMet();
    }

    @Override
    public void held() {
        synchronized (this) {
            met = true;
        }
        // Apart: a machine's end is told by the thread that this runs on.
        Thread.ofVirtual().name("end of a guest without room").start(this::endWhenMet);
    }

    private void endWhenMet() {
        Machine up;
        synchronized (this) {
            up = met ? machine : null;
        }
        if (up != null) {
            up.close();
        }
    }

    /// @throws UserError when the guest was ended for it
    void refuse() {
        synchronized (this) {
            if (!met) {
                return;
            }
        }
        throw UserError.failed(
                "the disk of %s is full: the guest to install in could not go on".formatted(place),
                "make room there, such as with: keystone-agent image rm --unused");
    }

    @Override
    public void resumed() {}

    @Override
    public void ended() {}

    @Override
    public void died(String how) {}

    @Override
    public void log(String sentence) {}

    @Override
    public void notice(String sentence) {}

    @Override
    public void shareEnded(String how) {}
}
