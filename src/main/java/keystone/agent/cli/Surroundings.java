package keystone.agent.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import keystone.agent.config.Configuration;
import keystone.agent.model.Program;

/// What a command finds around it.
///
/// @param directory the current one
/// @param program asked only by those who want to know
public record Surroundings(
        Map<String, String> environment,
        Path directory,
        Locations locations,
        InstantSource clock,
        Supplier<Program> program) {
    /// Every place where we keep files, and the program.
    ///
    /// @param config the user's settings and approvals
    public record Locations(Path state, Path cache, Path config, Path runtime, Path program) {
        List<Path> own() {
            return List.of(state, cache, config, runtime);
        }
    }

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    Configuration.Origins origins() {
        return new Configuration.Origins(
                locations.config(), environment, directory, locations.own());
    }

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
