package keystone.agent.cli;

import keystone.agent.model.Printable;
import keystone.agent.model.TaskId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Says that nobody wants what a task has made. Its directory in the guest goes; its commits",
            "stay in this repository, under refs/keystone/, until `keystone-agent prune`."
        },
        footer = "keystone-agent task reject k3f9ta")
final class TaskRejectCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Override
    public int run(Call call) throws InterruptedException {
        var task = new TaskId(id);
        String ref = call.use().tasks().reject(task);
        call.say(
                "task "
                        + task
                        + " is rejected"
                        + (ref.isEmpty()
                                ? ""
                                : "; until `keystone-agent prune` its commits are "
                                        + Printable.of(ref)));
        return 0;
    }
}
