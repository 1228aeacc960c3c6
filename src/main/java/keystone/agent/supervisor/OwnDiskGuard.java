package keystone.agent.supervisor;

import java.io.IOException;
import keystone.agent.machine.Machine;
import keystone.agent.machine.Pausable;
import keystone.agent.model.SandboxState;
import keystone.agent.process.DiskRoom;
import keystone.agent.store.SandboxDir;

/// Knows that the guest is held because this host has no room for what it writes to its own disk:
/// QEMU has paused it. Once there is room, lets it go on where it was, as if nothing had happened.
/// Used by the deciding thread. See [ProjectDiskGuard] for what it writes to the project.
final class OwnDiskGuard {
    /// Free bytes needed before the guest goes on; with less it would stop again at once.
    private static final long ENOUGH_BYTES = 16 << 20;

    private final SandboxDir dir;
    private final Machine machine;
    private final SupervisorLog log;
    private boolean held;

    OwnDiskGuard(SandboxDir dir, Machine machine, SupervisorLog log) {
        this.dir = dir;
        this.machine = machine;
        this.log = log;
    }

    boolean holds() {
        return held;
    }

    /// Notes that the guest is held.
    void hold() {
        if (!held) {
            log.line("the guest waits: there is no room for its disk in " + dir.machine());
        }
        held = true;
    }

    /// Lets the guest go on when there is room again.
    ///
    /// @param current what the sandbox is otherwise
    /// @return what it is now
    SandboxState look(SandboxState current) throws InterruptedException {
        if (held && hasRoom()) {
            held = false;
            log.line("there is room again: the guest goes on");
            if (machine instanceof Pausable pausable) {
                pausable.resume();
            }
        }
        return held ? broken() : current;
    }

    private SandboxState broken() {
        return new SandboxState.Broken(
                "the guest of `%s` waits: there is no room left for its disk in %s"
                        .formatted(dir.name(), dir.machine()),
                "make room on that disk, and the guest goes on by itself");
    }

    private boolean hasRoom() {
        try {
            return DiskRoom.of(dir.machine()).usable() >= ENOUGH_BYTES;
        } catch (IOException cannotTell) {
            return false;
        }
    }
}
