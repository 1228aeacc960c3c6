package keystone.agent.sandbox;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.SecretName;
import org.jspecify.annotations.Nullable;

/// What `exec` runs.
///
/// @param directory in the guest; null is the workspace
/// @param delivered of which secrets it gets the value, each in a variable of its name
public record ExecRequest(
        List<String> command,
        @Nullable String directory,
        Map<String, String> environment,
        List<SecretName> delivered,
        Terminal terminal) {
    /// Whether the command gets a terminal of its own.
    public enum Terminal {
        NONE,
        ALLOCATED
    }

    public ExecRequest {
        command = List.copyOf(command);
        delivered = List.copyOf(delivered);
        environment = new TreeMap<>(environment);
    }
}
