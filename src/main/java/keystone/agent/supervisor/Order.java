package keystone.agent.supervisor;

import java.util.concurrent.CompletableFuture;
import keystone.agent.model.StopMode;

/// What the supervisor's one deciding thread is told.
sealed interface Order {
    /// Completed with true once the sandbox is usable.
    record Boot(BootOrder what, CompletableFuture<Boolean> done) implements Order {}

    /// Completed with true once everything is gone.
    record Stop(StopMode mode, String why, CompletableFuture<Boolean> done) implements Order {}

    /// The guest powered itself off.
    record MachineEnded() implements Order {}

    /// The guest is held until there is room for its disk.
    record MachineHeld() implements Order {}

    /// A process that serves a share has ended, perhaps because its machine did.
    record ShareEnded(String how) implements Order {}

    /// The machine's process ended as it should not.
    record MachineDied(String how) implements Order {}
}
