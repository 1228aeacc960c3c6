package keystone.agent.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.config.Configuration;
import keystone.agent.config.ProjectFile;
import keystone.agent.config.Setting;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "An agent can write the project, and so the file .keystone/agent.toml in it. The file takes",
            "effect only after you approved its exact content; this shows it, or what has changed, and",
            "asks."
        },
        footer = "keystone-agent config approve")
final class ConfigApproveCommand implements Action {
    @Parameters(
            arity = "0..1",
            paramLabel = "PROJECT",
            description = "The directory; the project around the current one if left out.")
    @Nullable String project;

    @Option(
            names = {"-y", "--yes"},
            description = "Show and approve without asking: for a script that knows the content.")
    boolean yes;

    @Override
    public int run(Call call) throws InterruptedException {
        Path directory = directory(call, project);
        Configuration configuration = call.configuration();
        return switch (configuration.projectFile(directory)) {
            case ProjectFile.Absent _ ->
                    throw UserError.notFound(
                            Printable.of(directory.toString()) + " has no .keystone/agent.toml",
                            "write it: see docs/config.md#an-example");
            case ProjectFile.Approved file -> {
                call.say(file.shownPath() + " was already approved");
                yield 0;
            }
            case ProjectFile.Unapproved file -> approve(call, configuration, file, directory);
        };
    }

    private int approve(
            Call call, Configuration configuration, ProjectFile.Unapproved file, Path directory)
            throws InterruptedException {
        List<Setting> wishes = configuration.wishes(file);
        var approval = new Approval(call, configuration);
        if (!yes && !call.streams().canAsk()) {
            throw UserError.usage(
                    "`config approve` asks, and nobody is here",
                    "read "
                            + file.shownPath()
                            + ", then "
                            + approval.command(directory)
                            + " --yes");
        }
        approval.show(file, wishes, call.streams().err());
        var _ = yes ? configuration.approve(file) : approval.ask(file, directory);
        call.say(file.shownPath() + " is approved");
        return 0;
    }

    static Path directory(Call call, @Nullable String project) {
        Path here = call.around().directory();
        if (project == null) {
            return call.use().sandboxes().project(here);
        }
        Path named = here.resolve(Path.of(project)).normalize();
        if (!Files.isDirectory(named)) {
            String shown = Printable.of(named.toString());
            throw UserError.usage(
                    "there is no directory " + shown, "ls -ld " + ShellWord.quote(shown));
        }
        return named;
    }
}
