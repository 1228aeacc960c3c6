package keystone.agent.supervisor;

import java.util.function.Consumer;
import keystone.agent.egress.Redactor;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskUpdate;
import org.jspecify.annotations.Nullable;

/// Takes secrets out of what happens in a task before it is written down or shown: a guest to which
/// one was delivered may print it, and a server may say one back. Thread-safe.
///
/// Of a text that comes in pieces, what may be the beginning of a secret waits for the next piece,
/// or for something else to happen.
final class RedactedUpdates {
    private final Redactor redactor;
    private final Consumer<TaskUpdate> to;
    private @Nullable Text text;

    RedactedUpdates(Redactor redactor, Consumer<TaskUpdate> to) {
        this.redactor = redactor;
        this.to = to;
    }

    /// Whose pieces belong together.
    private record Text(Class<? extends TaskUpdate> kind, Redactor.Pieces pieces) {}

    synchronized void accept(TaskUpdate update) {
        switch (update) {
            case TaskUpdate.Said(String piece) -> pass(TaskUpdate.Said.class, piece);
            case TaskUpdate.Thought(String piece) -> pass(TaskUpdate.Thought.class, piece);
            case TaskUpdate.Output(String piece) -> pass(TaskUpdate.Output.class, piece);
            default -> {
                endText();
                to.accept(whole(update));
            }
        }
    }

    private void pass(Class<? extends TaskUpdate> kind, String piece) {
        Text now = text;
        if (now == null || now.kind() != kind) {
            endText();
            now = new Text(kind, redactor.pieces());
            text = now;
        }
        tell(kind, now.pieces().pass(piece));
    }

    private void endText() {
        Text ended = text;
        text = null;
        if (ended != null) {
            tell(ended.kind(), ended.pieces().rest());
        }
    }

    private void tell(Class<? extends TaskUpdate> kind, String piece) {
        if (piece.isEmpty()) {
            return;
        }
        if (kind == TaskUpdate.Said.class) {
            to.accept(new TaskUpdate.Said(piece));
        } else if (kind == TaskUpdate.Thought.class) {
            to.accept(new TaskUpdate.Thought(piece));
        } else {
            to.accept(new TaskUpdate.Output(piece));
        }
    }

    private TaskUpdate whole(TaskUpdate update) {
        return switch (update) {
            case TaskUpdate.Prompted(String said) -> new TaskUpdate.Prompted(redacted(said));
            case TaskUpdate.Tool tool ->
                    new TaskUpdate.Tool(
                            redacted(tool.id()),
                            orNull(tool.title()),
                            orNull(tool.kind()),
                            orNull(tool.status()),
                            orNull(tool.detail()));
            case TaskUpdate.Plan plan ->
                    new TaskUpdate.Plan(
                            plan.steps().stream()
                                    .map(
                                            each ->
                                                    new TaskUpdate.Step(
                                                            redacted(each.text()),
                                                            redacted(each.status())))
                                    .toList());
            case TaskUpdate.Asked(TaskQuestion question) ->
                    new TaskUpdate.Asked(redacted(question));
            case TaskUpdate.Answered(String question, String answer) ->
                    new TaskUpdate.Answered(question, redacted(answer));
            case TaskUpdate.Note(String note) -> new TaskUpdate.Note(redacted(note));
            case TaskUpdate.Ended(TaskOutcome outcome) -> new TaskUpdate.Ended(redacted(outcome));
            case TaskUpdate.Said _,
                    TaskUpdate.Thought _,
                    TaskUpdate.Output _,
                    TaskUpdate.Usage _,
                    TaskUpdate.Session _,
                    TaskUpdate.Contacted _,
                    TaskUpdate.Began _ ->
                    update;
        };
    }

    /// Takes secrets out of why a task has ended.
    TaskOutcome redacted(TaskOutcome outcome) {
        return TaskOutcome.of(outcome.word(), redacted(outcome.reason()));
    }

    /// Takes secrets out of what an agent wants to know, and of what can be chosen.
    TaskQuestion redacted(TaskQuestion question) {
        return new TaskQuestion(
                question.id(),
                redacted(question.text()),
                question.fields().stream()
                        .map(
                                each ->
                                        new Field(
                                                redacted(each.name()),
                                                redacted(each.title()),
                                                each.kind(),
                                                each.choices().stream()
                                                        .map(this::redacted)
                                                        .toList(),
                                                each.need()))
                        .toList());
    }

    private Choice redacted(Choice choice) {
        return new Choice(
                redacted(choice.value()), redacted(choice.title()), redacted(choice.description()));
    }

    private @Nullable String orNull(@Nullable String said) {
        return said == null ? null : redacted(said);
    }

    private String redacted(String said) {
        return redactor.redact(said);
    }
}
