package keystone.agent.cli;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.config.Configuration;
import keystone.agent.config.ProjectFile;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.sandbox.Started;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Keeps the disk, and takes over what has changed in the settings. To change a setting by a",
            "flag, stop the sandbox and start it with the flag."
        },
        footer = "keystone-agent restart blue")
final class RestartCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON object as `status` does.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        Path project = call.use().sandboxes().projectOf(sandbox);
        Configuration configuration = call.configuration();
        ProjectFile.Usable file = new Approval(call, configuration).usable(project);
        Settings settings = configuration.effective(project, file, Map.of()).toModel();
        Started started;
        try (News news = call.news()) {
            started = call.use().sandboxes().restart(sandbox, settings, news);
        }
        var welcome = new Welcome(call, Welcome.Then.LEAVE);
        return json ? welcome.reportJson(started) : welcome.report(started);
    }
}
