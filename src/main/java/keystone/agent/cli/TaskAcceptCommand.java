package keystone.agent.cli;

import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.model.TaskId;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Returning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Brings the branch that is checked out here, its index and its files forward to what a task",
            "has committed. Nothing that you have changed is overwritten: then nothing is done. The exit",
            "code is 20 when something needs a look."
        },
        footer = {
            "keystone-agent task accept k3f9ta",
            "keystone-agent task accept --dry-run k3f9ta"
        })
final class TaskAcceptCommand implements Action {
    /// Part of the command-line contract.
    private static final int NEEDS_LOOK = 20;

    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Option(names = "--dry-run", description = "Only say what would be done.")
    boolean dryRun;

    @Option(
            names = "--allow-nested",
            description = "Also take commits that add repositories within the project.")
    boolean allowNested;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        var task = new TaskId(id);
        Returning.Result result;
        Optional<String> beyond;
        try (News news = call.news()) {
            news.at("fetching");
            // It is settled then.
            beyond = call.use().tasks().beyond(task);
            result = call.use().tasks().accept(task, reach());
        }
        beyond.ifPresent(call::say);
        if (json) {
            call.print(
                    Json.object()
                            .with("outcome", SyncCommand.word(result.kind()))
                            .with("sentence", result.sentence())
                            .with("advice", result.advice().isEmpty() ? null : result.advice()));
            return SyncCommand.status(result.kind());
        }
        switch (result.kind()) {
            case DONE ->
                    call.out().println((dryRun ? "would bring " : "brought ") + result.sentence());
            case NOTHING -> call.out().println(result.sentence());
            case NEEDS_LOOK -> {
                call.out().println(result.sentence());
                call.say("look at them, then: keystone-agent task accept --allow-nested " + id);
                return NEEDS_LOOK;
            }
            case REFUSED -> throw UserError.wrongState(result.sentence(), result.advice());
        }
        return 0;
    }

    private Returning.Reach reach() {
        if (dryRun) {
            return Returning.Reach.LOOK;
        }
        return allowNested ? Returning.Reach.MOVE_WITH_NESTED : Returning.Reach.MOVE;
    }
}
