package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import keystone.agent.machine.Machine;
import keystone.agent.machine.Pausable;
import keystone.agent.model.SandboxState;
import keystone.agent.store.SandboxDir;

/// A guest that waits because this host has no room for what it writes. Once there is room it goes
/// on where it was, as if nothing had happened. Used by the deciding thread.
final class Stall {
    /// Free bytes needed before the guest goes on; with less it would stop again at once.
    private static final long ENOUGH_BYTES = 16 << 20;

    private final SandboxDir dir;
    private final Machine machine;
    private final SupervisorLog log;
    private boolean waiting;

    Stall(SandboxDir dir, Machine machine, SupervisorLog log) {
        this.dir = dir;
        this.machine = machine;
        this.log = log;
    }

    boolean isWaiting() {
        return waiting;
    }

    /// Notes that the guest waits.
    void begin() {
        if (!waiting) {
            log.line("the guest waits: there is no room for its disk in " + dir.machine());
        }
        waiting = true;
    }

    /// Lets the guest go on when there is room again.
    ///
    /// @param current what the sandbox is otherwise
    /// @return what it is now
    SandboxState look(SandboxState current) throws InterruptedException {
        if (waiting && hasRoom()) {
            waiting = false;
            log.line("there is room again: the guest goes on");
            if (machine instanceof Pausable pausable) {
                pausable.resume();
            }
        }
        return waiting ? broken() : current;
    }

    private SandboxState broken() {
        return new SandboxState.Broken(
                "the guest of `%s` waits: there is no room left for its disk in %s"
                        .formatted(dir.name(), dir.machine()),
                "make room on that disk, and the guest goes on by itself");
    }

    private boolean hasRoom() {
        try {
            return Files.getFileStore(dir.machine()).getUsableSpace() >= ENOUGH_BYTES;
        } catch (IOException cannotTell) {
            return false;
        }
    }
}
