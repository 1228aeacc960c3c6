package keystone.agent.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskAnswer.Decision;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskState;
import keystone.agent.model.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Answers what a task's agent wants to know: `task show` shows it. A choice is named by its",
            "words or its number. Where there are several fields, say which: FIELD=VALUE."
        },
        footer = {
            "keystone-agent task answer k3f9ta Blue",
            "keystone-agent task answer k3f9ta colour=Blue size=3",
            "keystone-agent task answer k3f9ta --decline"
        })
final class TaskAnswerCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "The task.")
    String id = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ANSWER",
            description = "The answer, or one for each field.")
    List<String> answers = List.of();

    @Option(names = "--decline", description = "Give no answer: the agent goes on without.")
    boolean decline;

    @Override
    public int run(Call call) throws InterruptedException {
        var task = new TaskId(id);
        if (answers.isEmpty() != decline) {
            throw UserError.usage(
                    decline ? "--decline goes with no answer" : "there is no answer",
                    "keystone-agent task answer " + task + " ANSWER   # or --decline");
        }
        if (!(call.use().tasks().show(task).state()
                instanceof TaskState.Waiting(TaskQuestion question))) {
            throw UserError.wrongState(
                    "task `" + task + "` asks nothing at the moment",
                    "keystone-agent task reply " + task + " 'what else is to be done'");
        }
        call.use()
                .tasks()
                .answer(
                        task,
                        new TaskAnswer(
                                question.isInPlainWords() ? "" : question.id(),
                                decline ? Decision.DECLINE : Decision.ACCEPT,
                                values(question)));
        call.say("watch it: keystone-agent task follow " + task);
        return 0;
    }

    private Map<String, String> values(TaskQuestion question) {
        var values = new TreeMap<String, String>();
        for (String each : answers) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? "" : each.substring(0, equals);
            if (question.fields().stream().map(Field::name).anyMatch(name::equals)) {
                values.put(name, each.substring(equals + 1));
            } else {
                values.merge("", each, (before, more) -> before + " " + more);
            }
        }
        return values;
    }
}
