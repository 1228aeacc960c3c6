package keystone.agent.sandbox;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What `exec` runs.
///
/// @param directory in the guest; null is the workspace
public record ExecRequest(
        List<String> command,
        @Nullable String directory,
        Map<String, String> environment,
        Terminal terminal) {
    /// Whether the command gets a terminal of its own.
    public enum Terminal {
        NONE,
        ALLOCATED
    }

    public ExecRequest {
        command = List.copyOf(command);
        environment = new TreeMap<>(environment);
    }
}
