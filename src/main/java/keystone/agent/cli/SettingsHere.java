package keystone.agent.cli;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.config.Configuration;
import keystone.agent.config.Effective;
import keystone.agent.config.ProjectFile;
import keystone.agent.model.Settings;

/// What the user says, and the approved file of the project around the current directory, to those
/// who only look: what nobody approved has no effect, its mistakes included.
final class SettingsHere {
    private SettingsHere() {}

    static Settings of(Call call) {
        Path project = call.use().sandboxes().project(call.around().directory());
        Configuration configuration = call.configuration();
        Effective effective =
                configuration.projectFile(project) instanceof ProjectFile.Usable usable
                        ? configuration.effective(project, usable, Map.of())
                        : configuration.withoutProjectFile(project);
        return effective.toModel();
    }
}
