package keystone.agent.cli;

import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Need;

/// Asks whoever sits at the terminal what an agent wants to know. The question has been shown.
final class TaskDialog {
    private static final String NONE = " [Enter: none]";

    private final Prompt prompt;

    TaskDialog(Prompt prompt) {
        this.prompt = prompt;
    }

    /// What came of it.
    sealed interface Said {
        record Answer(TaskAnswer answer) implements Said {}

        /// There is nobody any more.
        record Nobody() implements Said {}

        /// The question is over.
        record TooLate() implements Said {}
    }

    /// Waits until there is an answer, or nobody needs one.
    Said ask(TaskQuestion question, Prompt.Meanwhile meanwhile) throws InterruptedException {
        Map<String, String> values = new TreeMap<>();
        if (question.isInPlainWords()) {
            return switch (prompt.line("answer" + NONE + ": ", meanwhile)) {
                case Prompt.Typed.Line(String text) ->
                        answer(question, text.isBlank() ? Map.of() : Map.of("", text));
                case Prompt.Typed.Nobody _ -> new Said.Nobody();
                case Prompt.Typed.TooLate _ -> new Said.TooLate();
            };
        }
        for (Field field : question.fields()) {
            boolean isAlone = question.fields().size() == 1;
            String label = isAlone ? "answer" : TaskText.describe(field);
            String hint = field.need() == Need.OPTIONAL ? NONE : "";
            switch (prompt.line(label + hint + ": ", meanwhile)) {
                case Prompt.Typed.Line(String text) when text.isBlank() -> {}
                case Prompt.Typed.Line(String text) -> values.put(field.name(), text);
                case Prompt.Typed.Nobody _ -> {
                    return new Said.Nobody();
                }
                case Prompt.Typed.TooLate _ -> {
                    return new Said.TooLate();
                }
            }
        }
        return answer(question, values);
    }

    /// Nothing at all is no answer.
    private static Said answer(TaskQuestion question, Map<String, String> values) {
        return new Said.Answer(
                new TaskAnswer(
                        question.id(),
                        values.isEmpty() ? TaskAnswer.Decision.DECLINE : TaskAnswer.Decision.ACCEPT,
                        values));
    }
}
