package keystone.agent.cli;

import java.time.temporal.ChronoUnit;
import java.util.List;
import keystone.agent.model.HostContact;
import keystone.agent.model.PlainText;
import keystone.agent.model.Printable;
import keystone.agent.model.Task;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskState;
import keystone.agent.sandbox.TaskView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "What was asked for, what came of it, and what can be done with it.",
        footer = "keystone-agent task show k3f9ta")
final class TaskShowCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        TaskView seen = call.use().tasks().show(new TaskId(id));
        List<HostContact> hosts = call.use().tasks().hosts(seen.task().id());
        if (json) {
            call.print(TaskJson.of(seen, hosts));
            return 0;
        }
        Task task = seen.task();
        var out = call.out();
        TaskText.summary(seen).forEach(out::println);
        out.println("  agent      " + task.order().agent().name() + " in " + task.sandbox());
        if (task.branch() != null) {
            out.println("  branch     " + Printable.of(task.branch()));
        }
        out.println("  directory  " + Printable.of(task.directory()));
        out.println("  asked      " + task.asked().truncatedTo(ChronoUnit.SECONDS));
        if (!seen.settled().isEmpty()) {
            out.println("  result     " + Printable.of(seen.settled()));
        }
        if (task.order().check() != null) {
            out.println("  check      " + PlainText.line(task.order().check()));
        }
        if (!hosts.isEmpty()) {
            // Not "its": nobody knows which program of the guest it was.
            out.println("  hosts      that the sandbox asked for meanwhile:");
            hosts.forEach(each -> out.println("             " + TaskText.contact(each)));
        }
        out.println("  prompt     " + PlainText.lines(task.order().prompt()).strip());
        if (seen.state() instanceof TaskState.Waiting(var question)) {
            TaskText.question(question).forEach(out::println);
            call.say("answer it: keystone-agent task answer " + id + " ANSWER");
        }
        return 0;
    }
}
