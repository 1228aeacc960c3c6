package keystone.agent.cli;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.config.Configuration;
import keystone.agent.config.ProjectFile;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;

/// Brings a sandbox up for a command that needs its guest, the way `restart` would.
final class StartIfStopped {
    private StartIfStopped() {}

    static void start(Call call, SandboxName sandbox) throws InterruptedException {
        UseCases.OfSandboxes sandboxes = call.use().sandboxes();
        if (sandboxes.status(sandbox).state() instanceof SandboxState.Running) {
            return;
        }
        Path project = sandboxes.projectOf(sandbox);
        Configuration configuration = call.configuration();
        ProjectFile.Usable file = new Approval(call, configuration).usable(project);
        Settings settings = configuration.effective(project, file, Map.of()).toModel();
        try (News news = call.news()) {
            var _ = call.use().editors().startAgain(sandbox, settings, news);
        }
    }
}
