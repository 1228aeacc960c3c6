package keystone.agent.cli;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import keystone.agent.model.PlainText;
import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskState;
import keystone.agent.sandbox.TaskView;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "The tasks of all sandboxes, the newest at the end. One that its sandbox did not outlive has",
            "failed, also when nobody was left to say so."
        },
        footer = {"keystone-agent task list", "keystone-agent task list --in blue --json"})
final class TaskListCommand implements Action {
    private static final int PROMPT_WIDTH = 44;

    @Option(names = "--in", paramLabel = "NAME", description = "Only those of this sandbox.")
    @Nullable String in;

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        List<TaskView> tasks =
                in == null
                        ? call.use().tasks().list()
                        : call.use().tasks().list(new SandboxName(in));
        if (json) {
            call.print(Json.array(tasks, TaskJson::of));
            return 0;
        }
        if (tasks.isEmpty()) {
            call.say(
                    "there are none; `keystone-agent task run --agent shell 'make test'` begins one");
            return 0;
        }
        var table = new Table("ID", "SANDBOX", "AGENT", "STATE", "FOR", "PROMPT");
        for (TaskView each : tasks) {
            table.row(
                    each.task().id().value(),
                    each.task().sandbox().value(),
                    each.task().order().agent().name().value(),
                    each.settled().isEmpty() ? each.state().word() : each.settled(),
                    age(call, each),
                    Screen.fit(PlainText.line(each.task().order().prompt()), PROMPT_WIDTH));
        }
        table.lines().forEach(call.out()::println);
        List<String> questions = tasks.stream().flatMap(TaskListCommand::question).toList();
        questions.forEach(call::say);
        if (!questions.isEmpty()) {
            call.say("see what can be answered: keystone-agent task show ID");
        }
        return 0;
    }

    private static Stream<String> question(TaskView seen) {
        return seen.state() instanceof TaskState.Waiting(var question)
                ? Stream.of(
                        seen.task().id()
                                + " asks: "
                                + Screen.fit(PlainText.line(question.text()), 2 * PROMPT_WIDTH))
                : Stream.empty();
    }

    /// How long it took, or takes so far.
    private static String age(Call call, TaskView seen) {
        TaskResult result = seen.result();
        return Ages.rough(
                result == null
                        ? Duration.between(seen.task().asked(), call.now())
                        : Duration.between(result.began(), result.ended()));
    }
}
