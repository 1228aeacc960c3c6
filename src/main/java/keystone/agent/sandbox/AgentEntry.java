package keystone.agent.sandbox;

import keystone.agent.model.AgentSpec;
import org.jspecify.annotations.Nullable;

/// An agent as `agents list` tells of it.
///
/// @param version that the agents layer holds; null of one that is not from there
/// @param program where a guest has it from
/// @param credential which secret it would work with, and where that is from; null is none
/// @param problem why the one it has, of which nothing better is there, cannot be read; a sentence
public record AgentEntry(
        AgentSpec spec,
        @Nullable String version,
        Program program,
        @Nullable String credential,
        @Nullable String problem) {
    /// Where a guest has an agent's program from.
    public enum Program {
        /// Ours; it needs none.
        BUILT_IN,
        /// The agents layer, which is on this host.
        LAYER,
        /// The agents layer, which is still to be built.
        LAYER_TO_BUILD,
        /// Its project's layer, or its disk.
        GUEST
    }

    /// Whether it can work without a model's credential.
    public boolean needsNone() {
        return switch (spec) {
            case AgentSpec.Shell _ -> true;
            case AgentSpec.Acp acp -> acp.credentials().isEmpty();
        };
    }
}
