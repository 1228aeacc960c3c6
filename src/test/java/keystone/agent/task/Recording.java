package keystone.agent.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskAnswer.Decision;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskUpdate;

/// Keeps what it hears, and answers as it was told.
final class Recording implements AgentListener {
    final List<TaskUpdate> updates = new ArrayList<>();
    final List<TaskQuestion> questions = new ArrayList<>();
    Function<TaskQuestion, Optional<TaskAnswer>> answer = _ -> Optional.empty();
    Consumer<TaskUpdate> then = _ -> {};

    @Override
    public void update(TaskUpdate update) {
        synchronized (this) {
            updates.add(update);
        }
        then.accept(update);
    }

    @Override
    public Optional<TaskAnswer> ask(TaskQuestion question) {
        questions.add(question);
        return answer.apply(question).map(each -> Answers.checked(question, each));
    }

    static Optional<TaskAnswer> saying(TaskQuestion question, String text) {
        return Optional.of(new TaskAnswer(question.id(), Decision.ACCEPT, Map.of("", text)));
    }

    /// What the agent said, in one piece.
    synchronized String said() {
        var text = new StringBuilder();
        for (TaskUpdate each : updates) {
            if (each instanceof TaskUpdate.Said(String piece)) {
                text.append(piece);
            }
        }
        return text.toString();
    }

    synchronized List<TaskUpdate.Tool> tools() {
        return updates.stream()
                .filter(TaskUpdate.Tool.class::isInstance)
                .map(TaskUpdate.Tool.class::cast)
                .toList();
    }
}
