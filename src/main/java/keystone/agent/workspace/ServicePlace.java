package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.model.Owner;

/// Where a sandbox's [ShareService] runs.
///
/// @param directory for its sockets; only we may enter it
/// @param owner whom its processes work as on this host
/// @param environment added to theirs, so that they can be found again
public record ServicePlace(Path directory, Owner owner, Map<String, String> environment) {
    public ServicePlace {
        environment = Map.copyOf(environment);
    }
}
