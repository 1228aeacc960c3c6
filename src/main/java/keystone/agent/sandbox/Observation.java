package keystone.agent.sandbox;

import keystone.agent.model.LiveFacts;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import org.jspecify.annotations.Nullable;

/// What was seen of a sandbox just now.
public sealed interface Observation {
    SandboxName name();

    SandboxState state();

    /// What the user's own ssh knows it as, once it reads what `ssh-config` prints.
    default String sshAlias() {
        return "ks-" + name();
    }

    /// A sandbox whose record can be read.
    ///
    /// @param live null unless its supervisor answered and its guest is up
    /// @param program what its supervisor runs; null unless it answered
    record Intact(
            SandboxSpec spec,
            SandboxState state,
            @Nullable LiveFacts live,
            @Nullable Program program)
            implements Observation {
        /// For a sandbox whose supervisor did not answer.
        public Intact(SandboxSpec spec, SandboxState state, @Nullable LiveFacts live) {
            this(spec, state, live, null);
        }

        @Override
        public SandboxName name() {
            return spec.name();
        }
    }

    /// A sandbox of which only the name is known, because its record cannot be read.
    record Damaged(SandboxName name, SandboxState.Broken state) implements Observation {}
}
