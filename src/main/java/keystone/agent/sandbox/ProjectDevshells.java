package keystone.agent.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.devshell.Devshells;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;

/// The use cases of a project's devshell.
public final class ProjectDevshells {
    /// It may have to be built.
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final Projects projects;
    private final Devshells devshells;

    ProjectDevshells(Projects projects, Devshells devshells) {
        this.projects = projects;
        this.devshells = devshells;
    }

    public DevshellStanding look(Path directory) {
        return devshells.look(projects.check(directory));
    }

    /// Evaluates what the user approved just now.
    public Devshell refresh(Path directory, DevshellInputs approved) throws InterruptedException {
        Path project = projects.check(directory);
        devshells.approve(project, approved);
        return devshells.capture(project, approved, LIMIT);
    }
}
