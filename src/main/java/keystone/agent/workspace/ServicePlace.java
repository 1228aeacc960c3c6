package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxName;

/// Where a sandbox's [ShareService] runs.
///
/// @param sandbox whose it is
/// @param directory for its sockets; only we may enter it
/// @param owner whom its processes work as on this host
/// @param environment added to theirs, so that they can be found again
public record ServicePlace(
        SandboxName sandbox, Path directory, Owner owner, Map<String, String> environment) {
    public ServicePlace {
        environment = Map.copyOf(environment);
    }

    /// What to type where virtiofsd does not do.
    String withoutVirtiofsd() {
        return "keystone-agent start --share 9p --name " + sandbox;
    }
}
