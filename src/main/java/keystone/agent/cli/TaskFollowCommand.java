package keystone.agent.cli;

import keystone.agent.model.TaskId;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Shows what has happened in a task, and what happens until it has ended, or waits for an",
            "answer that nobody here can give. Any number may watch. Ctrl-C only stops watching. The",
            "exit code is that of `task run`."
        },
        footer = "keystone-agent task follow --last 20 k3f9ta")
final class TaskFollowCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Option(
            names = "--last",
            paramLabel = "N",
            description = "Begin with the last N updates; with the first if left out.")
    @Nullable Integer last;

    @Option(names = "--json", description = "Print JSON, one object a line.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        var watching =
                new TaskWatching(
                        call,
                        new TaskId(id),
                        json ? TaskWatching.Form.JSON : TaskWatching.Form.TEXT);
        if (last != null && last < 0) {
            throw UserError.usage(
                    "--last cannot be negative: " + last, "use 0 for none of the old ones");
        }
        return last == null ? watching.follow() : watching.follow(last);
    }
}
