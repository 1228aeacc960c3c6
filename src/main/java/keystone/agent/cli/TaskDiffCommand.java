package keystone.agent.cli;

import keystone.agent.model.TaskId;
import keystone.agent.sandbox.Returning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "What a task has committed since its branch and this host's went separate ways. Attributes",
            "and configuration that the agent wrote run nothing."
        },
        footer = "keystone-agent task diff --stat k3f9ta")
final class TaskDiffCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Option(names = "--stat", description = "Only which files change, and how much.")
    boolean stat;

    @Override
    public int run(Call call) throws InterruptedException {
        Returning.Form form = stat ? Returning.Form.STAT : Returning.Form.PATCH;
        var task = new TaskId(id);
        String diff = call.use().tasks().diff(task, form);
        call.out().print(diff);
        call.out().flush();
        if (diff.isEmpty()) {
            call.say("task " + task + " has committed nothing that is not here");
        }
        call.use().tasks().beyond(task).ifPresent(call::say);
        return 0;
    }
}
