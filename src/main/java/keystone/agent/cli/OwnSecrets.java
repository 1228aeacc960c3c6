package keystone.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.config.Configuration;
import keystone.agent.config.Effective;
import keystone.agent.config.ProjectFile;
import keystone.agent.model.SecretRef;

/// The secrets that the user has declared, and the approved file of the project around the current
/// directory.
final class OwnSecrets {
    private OwnSecrets() {}

    static List<SecretRef> of(Call call) {
        Path project = call.use().sandboxes().project(call.around().directory());
        Configuration configuration = call.configuration();
        Effective effective =
                configuration.projectFile(project) instanceof ProjectFile.Usable usable
                        ? configuration.effective(project, usable, Map.of())
                        : configuration.withoutProjectFile(project);
        return effective.toModel().secrets();
    }
}
