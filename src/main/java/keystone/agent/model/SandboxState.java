package keystone.agent.model;

import java.time.Instant;

/// What a sandbox is observed to be; never stored.
public sealed interface SandboxState {
    /// Nothing of it runs and nothing is left over.
    record Stopped() implements SandboxState {
        @Override
        public String word() {
            return "stopped";
        }
    }

    /// Its supervisor is bringing it up.
    ///
    /// @param step the start-up step in progress, a word such as `boot`
    record Starting(String step) implements SandboxState {
        @Override
        public String word() {
            return "starting";
        }
    }

    /// Usable.
    record Running(Instant since) implements SandboxState {
        @Override
        public String word() {
            return "running";
        }
    }

    /// Its supervisor is taking it down.
    record Stopping() implements SandboxState {
        @Override
        public String word() {
            return "stopping";
        }
    }

    /// Something is left over, or it ended without being asked.
    record Broken(String problem, String fix) implements SandboxState {
        @Override
        public String word() {
            return "broken";
        }
    }

    /// The word of the command-line contract.
    ///
    /// Each record has its own: a switch over their patterns takes a young JVM milliseconds, and
    /// every `list` comes here.
    String word();
}
