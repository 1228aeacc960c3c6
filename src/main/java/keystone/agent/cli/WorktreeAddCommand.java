package keystone.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.config.Configuration;
import keystone.agent.config.ProjectFile;
import keystone.agent.json.Json;
import keystone.agent.model.BranchName;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Checks the branch out in a directory of its own on the guest's disk, with a terminal",
            "session, so that several agents can work at once. A branch that is not there is made.",
            "Its commits come home with `sync --branch`."
        },
        footer = {
            "keystone-agent worktree add fix/login",
            "keystone-agent worktree add fix/login --from release/2"
        })
final class WorktreeAddCommand implements Action {
    @Parameters(index = "0", paramLabel = "BRANCH", description = "The branch.")
    String branch = "";

    @Option(
            names = "--from",
            paramLabel = "BRANCH",
            description = "Where a new branch begins; where /workspace stands if left out.")
    @Nullable String from;

    @Option(names = "--name", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        var wanted = new BranchName(branch);
        BranchName start = from == null ? null : new BranchName(from);
        SandboxName sandbox = call.sandbox(name);
        List<String> copies = copies(call, sandbox);
        String directory;
        List<String> not = List.of();
        try (News news = call.news()) {
            news.at("checking out " + Printable.of(branch));
            directory = call.use().worktrees().add(sandbox, wanted, start);
            if (!copies.isEmpty()) {
                news.at("copying what git ignores");
                not = call.use().worktrees().copy(sandbox, directory, copies);
            }
        }
        not.forEach(each -> call.say("note: " + each));
        if (json) {
            call.print(Json.object().with("branch", branch).with("directory", directory));
            return 0;
        }
        call.out().println(directory);
        call.say(
                "go in: keystone-agent attach %s --worktree %s"
                        .formatted(sandbox, ShellWord.quote(branch)));
        return 0;
    }

    /// What the files say that worktrees have.
    private static List<String> copies(Call call, SandboxName sandbox) throws InterruptedException {
        Path project = call.use().sandboxes().projectOf(sandbox);
        Configuration configuration = call.configuration();
        ProjectFile.Usable file = new Approval(call, configuration).usable(project);
        return configuration.effective(project, file, Map.of()).toModel().tasks().copies();
    }
}
