package keystone.agent.cli;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Need;

/// Asks whoever sits at the terminal what an agent wants to know. The question has been shown.
final class TaskDialog {
    private final Call call;

    TaskDialog(Call call) {
        this.call = call;
    }

    /// Waits until there is an answer.
    ///
    /// @return empty when there is nobody any more
    Optional<TaskAnswer> ask(TaskQuestion question) throws InterruptedException {
        Map<String, String> values = new TreeMap<>();
        if (question.fields().isEmpty()) {
            Optional<String> line = call.prompt().line("answer: ");
            return line.map(text -> answer(question, text.isBlank() ? Map.of() : Map.of("", text)));
        }
        for (Field field : question.fields()) {
            boolean isAlone = question.fields().size() == 1;
            String label = isAlone ? "answer" : TaskText.describe(field);
            String hint = field.need() == Need.OPTIONAL ? " [Enter: none]" : "";
            Optional<String> line = call.prompt().line(label + hint + ": ");
            if (line.isEmpty()) {
                return Optional.empty();
            }
            if (!line.get().isBlank()) {
                values.put(field.name(), line.get());
            }
        }
        return Optional.of(answer(question, values));
    }

    /// Nothing at all is no answer.
    private static TaskAnswer answer(TaskQuestion question, Map<String, String> values) {
        return new TaskAnswer(
                question.id(),
                values.isEmpty() ? TaskAnswer.Decision.DECLINE : TaskAnswer.Decision.ACCEPT,
                values);
    }
}
