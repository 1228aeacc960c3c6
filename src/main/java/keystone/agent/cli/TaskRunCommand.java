package keystone.agent.cli;

import keystone.agent.model.TaskId;
import picocli.CommandLine.Command;

@Command(
        description = {
            "Gives an agent work and watches it. It works in the sandbox, on a branch of its own that",
            "begins at what is checked out here, so nothing of yours is disturbed. Ctrl-C only stops",
            "watching. The exit code is 0 when it is done, 10 when it failed, 11 when the agent refused,",
            "12 when it waits for an answer and nobody is there to be asked, 13 when it was cancelled, and",
            "130 when you left it: it goes on."
        },
        footer = {
            "keystone-agent task run --agent shell 'make test'",
            "keystone-agent task run --agent codex --check 'make test' 'fix the login'"
        })
final class TaskRunCommand extends TaskAsking {
    @Override
    String verb() {
        return "run";
    }

    @Override
    public int run(Call call) throws InterruptedException {
        TaskId id = submit(call);
        call.say("task " + id);
        var watching =
                new TaskWatching(call, id, json ? TaskWatching.Form.JSON : TaskWatching.Form.TEXT);
        return watching.follow();
    }
}
