package keystone.agent.model;

import org.jspecify.annotations.Nullable;

/// How it stands with a project's devshell.
public sealed interface DevshellStanding {
    /// The project describes none.
    record Absent() implements DevshellStanding {}

    /// It describes one, in a text that the user did not approve.
    ///
    /// @param approved the text that was approved last; null when none was
    /// @param last what was captured from that
    record Unapproved(
            DevshellInputs inputs, @Nullable DevshellInputs approved, @Nullable Devshell last)
            implements DevshellStanding {}

    /// Its text is approved.
    ///
    /// @param captured null when it was not evaluated yet, or what it needs is gone
    record Approved(DevshellInputs inputs, @Nullable Devshell captured)
            implements DevshellStanding {}
}
