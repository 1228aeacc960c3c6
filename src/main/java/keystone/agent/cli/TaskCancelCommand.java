package keystone.agent.cli;

import keystone.agent.model.TaskId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Ends a task, and returns when nothing of it runs in the guest any more. What its agent has",
            "done so far is committed on its branch."
        },
        footer = "keystone-agent task cancel k3f9ta")
final class TaskCancelCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Override
    public int run(Call call) throws InterruptedException {
        var task = new TaskId(id);
        call.use().tasks().cancel(task);
        call.say("task " + task + " is cancelled");
        return 0;
    }
}
