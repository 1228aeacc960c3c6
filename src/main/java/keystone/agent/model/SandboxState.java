package keystone.agent.model;

import java.time.Instant;

/// What a sandbox is observed to be; never stored.
public sealed interface SandboxState {
    /// Nothing of it runs and nothing is left over.
    record Stopped() implements SandboxState {}

    /// Its supervisor is bringing it up.
    ///
    /// @param step the start-up step in progress, a word such as `boot`
    record Starting(String step) implements SandboxState {}

    /// Usable.
    record Running(Instant since) implements SandboxState {}

    /// Its supervisor is taking it down.
    record Stopping() implements SandboxState {}

    /// Something is left over, or it ended without being asked.
    record Broken(String problem, String fix) implements SandboxState {}

    /// The word of the command-line contract.
    default String word() {
        return switch (this) {
            case Stopped _ -> "stopped";
            case Starting _ -> "starting";
            case Running _ -> "running";
            case Stopping _ -> "stopping";
            case Broken _ -> "broken";
        };
    }
}
