package keystone.agent.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import keystone.agent.config.Configuration;
import keystone.agent.config.ProjectFile;
import keystone.agent.json.Json;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Returning;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Of a sandbox with a git directory of its own (`--git protected`): fetches its branches",
            "into refs/keystone/NAME/, then moves the branch that is checked out here forward to the",
            "guest's. Where the files are shared, none is touched; those of a clone or a worktree follow.",
            "When it cannot be done without losing something, nothing is done. The exit code is 20 when",
            "something needs a look."
        },
        footer = {
            "keystone-agent sync",
            "keystone-agent sync --git",
            "keystone-agent sync blue --branch feature/login --dry-run"
        })
final class SyncCommand implements Action {
    /// Part of the command-line contract.
    private static final int NEEDS_LOOK = 20;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = "--branch",
            paramLabel = "BRANCH",
            description = "Move this one instead of the one that is checked out.")
    @Nullable String branch;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    boolean dryRun;

    @Option(
            names = "--allow-nested",
            description = "Also take commits that add repositories within the project.")
    boolean allowNested;

    @Option(
            names = "--git",
            description = {
                "Only have commits inside carry the name that git has here now; brings nothing home."
            })
    boolean git;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        SandboxName sandbox = call.sandbox(name);
        if (git) {
            return identify(call, sandbox);
        }
        Returning.Result result;
        try (News news = call.news()) {
            news.at("fetching from " + sandbox);
            result = call.use().returning().sync(sandbox, Optional.ofNullable(branch), reach());
        }
        if (json) {
            call.print(
                    Json.object()
                            .with("outcome", word(result.kind()))
                            .with("sentence", result.sentence())
                            .with("advice", result.advice().isEmpty() ? null : result.advice()));
            return status(result.kind());
        }
        int status = report(call, sandbox, result, dryRun ? "would bring " : "brought ");
        ReviewText.remind(call, sandbox);
        return status;
    }

    private int identify(Call call, SandboxName sandbox) throws InterruptedException {
        if (branch != null || dryRun || allowNested) {
            throw UserError.usage(
                    "--git brings nothing home, so it goes with none of the other flags",
                    "keystone-agent sync " + sandbox + " --git");
        }
        Path project = call.use().sandboxes().projectOf(sandbox);
        Configuration configuration = call.configuration();
        ProjectFile.Usable file = new Approval(call, configuration).usable(project);
        Settings settings = configuration.effective(project, file, Map.of()).toModel();
        GitIdentity identity = call.use().returning().identify(sandbox, settings);
        if (json) {
            call.print(Json.object().with("identity", identity.toString()));
            return 0;
        }
        return say(call, "commits in " + sandbox + " are by " + Printable.of(identity.toString()));
    }

    /// @param brought or what else is done with what is new
    static int report(Call call, SandboxName sandbox, Returning.Result result, String brought) {
        return switch (result.kind()) {
            case DONE -> say(call, brought + result.sentence());
            case NOTHING -> say(call, result.sentence());
            case NEEDS_LOOK -> {
                say(call, result.sentence());
                say(call, "look at them, then: keystone-agent sync " + sandbox + " --allow-nested");
                yield NEEDS_LOOK;
            }
            case REFUSED -> throw UserError.wrongState(result.sentence(), result.advice());
        };
    }

    private Returning.Reach reach() {
        if (dryRun) {
            return Returning.Reach.LOOK;
        }
        return allowNested ? Returning.Reach.MOVE_WITH_NESTED : Returning.Reach.MOVE;
    }

    private static int say(Call call, String sentence) {
        call.out().println(sentence);
        return 0;
    }

    static String word(Returning.Result.Kind kind) {
        return switch (kind) {
            case DONE -> "done";
            case NOTHING -> "nothing-new";
            case NEEDS_LOOK -> "needs-look";
            case REFUSED -> "refused";
        };
    }

    static int status(Returning.Result.Kind kind) {
        return switch (kind) {
            case DONE, NOTHING -> 0;
            case NEEDS_LOOK -> NEEDS_LOOK;
            case REFUSED -> UserError.Kind.WRONG_STATE.exitCode();
        };
    }
}
