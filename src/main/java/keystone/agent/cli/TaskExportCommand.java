package keystone.agent.cli;

import java.time.Duration;
import java.util.List;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskId;
import keystone.agent.sandbox.TaskTail;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Prints what a task was told, what its agent did and said, and what came of it, as Markdown",
            "for a pull request. The agent's words stand in blocks, where they are nothing but text."
        },
        footer = "keystone-agent task export k3f9ta")
final class TaskExportCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Override
    public int run(Call call) throws InterruptedException {
        var task = new TaskId(id);
        var ledger = new TaskLedger();
        try (TaskTail tail = call.use().tasks().follow(task)) {
            List<TaskEntry> some = tail.next(Duration.ZERO);
            while (!some.isEmpty()) {
                some.forEach(ledger::add);
                some = tail.next(Duration.ZERO);
            }
        }
        new TaskMarkdown(call.use().tasks().show(task), ledger)
                .lines()
                .forEach(call.out()::println);
        return 0;
    }
}
