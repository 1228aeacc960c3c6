package keystone.agent.cli;

import keystone.agent.model.TaskId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Has the agent of a task that was cut off go on, in the session and the directory it had. The",
            "agent `shell` runs its script again; an agent that was not given its prompt yet gets it. A",
            "question that nobody had answered is asked again."
        },
        footer = "keystone-agent task resume k3f9ta")
final class TaskResumeCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Override
    public int run(Call call) throws InterruptedException {
        var task = new TaskId(id);
        call.use().tasks().resume(task);
        call.say("watch it: keystone-agent task follow " + task);
        return 0;
    }
}
