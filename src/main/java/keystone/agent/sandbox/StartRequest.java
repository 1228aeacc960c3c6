package keystone.agent.sandbox;

import java.nio.file.Path;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import org.jspecify.annotations.Nullable;

/// What `start` was asked for.
///
/// @param project the directory to show at `/workspace`, as the person gave it
/// @param name null is the project's sandbox, or a new one named after its directory
public record StartRequest(Path project, @Nullable SandboxName name, Disk disk, Settings settings) {
    /// What happens to what the sandbox had.
    public enum Disk {
        KEEP,
        /// `--fresh`: disk, keys and ids are discarded first.
        FRESH,
        /// The same, and with them commits that nobody has fetched.
        FRESH_WHATEVER_IT_HOLDS
    }
}
