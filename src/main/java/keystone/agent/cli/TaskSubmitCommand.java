package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.model.TaskId;
import picocli.CommandLine.Command;

@Command(
        description = {
            "Gives an agent work as `task run` does, prints the task's id, and does not wait. What comes",
            "of it shows `task list`."
        },
        footer = "keystone-agent task submit --agent shell 'make test'")
final class TaskSubmitCommand extends TaskAsking {
    @Override
    String verb() {
        return "submit";
    }

    @Override
    public int run(Call call) throws InterruptedException {
        TaskId id = submit(call);
        if (json) {
            call.print(Json.object().with("id", id.value()));
            return 0;
        }
        call.out().println(id);
        call.say("watch it: keystone-agent task follow " + id);
        return 0;
    }
}
