package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import keystone.agent.process.Programs;
import keystone.agent.store.Places;

/// What `doctor` looks at.
///
/// @param uid whom this process runs as
/// @param root `/`, under which the kernel's and the system's files are
/// @param programs finds a program by its name
public record HostFacts(
        Places places,
        int uid,
        Map<String, String> environment,
        Path root,
        Function<String, Optional<Path>> programs) {
    public HostFacts {
        environment = Map.copyOf(environment);
    }

    /// This very host.
    public static HostFacts ofThisHost(Places places, int uid, Map<String, String> environment) {
        return new HostFacts(places, uid, environment, Path.of("/"), Programs::locate);
    }
}
