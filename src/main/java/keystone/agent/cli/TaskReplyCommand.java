package keystone.agent.cli;

import java.util.List;
import keystone.agent.model.TaskId;
import keystone.agent.model.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Says something more to a task's agent, in the same session and on the same branch: once it",
            "is through with what it does, or at once when it has ended."
        },
        footer = {
            "keystone-agent task reply k3f9ta 'now write a test for it'",
            "keystone-agent task reply k3f9ta - <review.md"
        })
final class TaskReplyCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "PROMPT",
            description = "What else is to be done; `-` reads it from standard input.")
    List<String> words = List.of();

    @Override
    public int run(Call call) throws InterruptedException {
        var task = new TaskId(id);
        String typed = String.join(" ", words);
        String prompt = typed.equals("-") ? TaskAsking.input(call) : typed;
        if (prompt.isBlank()) {
            throw UserError.usage(
                    "there is no prompt",
                    "keystone-agent task reply " + task + " 'what else is to be done'");
        }
        call.use().tasks().reply(task, prompt);
        call.say("watch it: keystone-agent task follow " + task);
        return 0;
    }
}
