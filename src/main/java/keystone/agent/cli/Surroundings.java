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
/// @param config where the user's settings and approvals are
/// @param own every place where we keep files
/// @param program asked only by those who want to know
public record Surroundings(
        Map<String, String> environment,
        Path directory,
        Path config,
        List<Path> own,
        InstantSource clock,
        Supplier<Program> program) {
    public Surroundings {
        environment = Map.copyOf(environment);
        own = List.copyOf(own);
    }

    Configuration.Origins origins() {
        return new Configuration.Origins(config, environment, directory, own);
    }

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
