package keystone.agent.supervisor;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import keystone.agent.desktop.Desktop;
import keystone.agent.desktop.Notice;
import keystone.agent.desktop.ShownNotice;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;
import keystone.agent.store.TaskFollowers;
import org.jspecify.annotations.Nullable;

/// Tells whoever sits at this host's desktop what a task asks, and that it has ended, while nobody
/// follows it. Nothing of it holds up a task, or has it fail. Thread-safe.
final class TaskNotices implements Owned.Ending {
    /// More do not fit on a notification.
    private static final int MOST_BUTTONS = 4;

    private static final Duration BEFORE = Duration.ofSeconds(30);

    private final TaskFollowers followers;
    private final Task task;
    private final Optional<Desktop> desktop;
    private final Consumer<TaskAnswer> answering;

    /// The questions that nobody has answered, the oldest first: that one is shown.
    private final SequencedMap<String, TaskQuestion> open = new LinkedHashMap<>();

    private @Nullable Asking asking;

    /// @param answering throws a [UserError] when it comes too late
    TaskNotices(
            Task task,
            TaskFollowers followers,
            Optional<Desktop> desktop,
            Consumer<TaskAnswer> answering) {
        this.followers = followers;
        this.task = task;
        this.desktop =
                desktop.filter(_ -> task.order().extras().notices() == TaskExtras.Notices.DESKTOP);
        this.answering = answering;
    }

    void heard(TaskUpdate update) {
        if (desktop.isEmpty()) {
            return;
        }
        switch (update) {
            case TaskUpdate.Asked(TaskQuestion question) -> asked(desktop.get(), question);
            case TaskUpdate.Answered(String question, String _) ->
                    answered(desktop.get(), question);
            case TaskUpdate.Began _ -> close();
            case TaskUpdate.Ended(TaskOutcome outcome) -> {
                close();
                ended(desktop.get(), outcome);
            }
            case TaskUpdate.Detail _ -> {
                // Nobody is needed.
            }
        }
    }

    private synchronized void asked(Desktop shown, TaskQuestion question) {
        open.putLast(question.id(), question);
        ask(shown);
    }

    private synchronized void answered(Desktop shown, String question) {
        open.remove(question);
        ask(shown);
    }

    private synchronized void ask(Desktop shown) {
        TaskQuestion oldest = open.isEmpty() ? null : open.firstEntry().getValue();
        Asking before = asking;
        if (before != null && before.question.equals(oldest)) {
            return;
        }
        hide();
        if (oldest != null) {
            asking = new Asking(shown, oldest, before == null ? null : before.thread);
        }
    }

    private void ended(Desktop shown, TaskOutcome outcome) {
        // Who cancelled it knows.
        if (outcome instanceof TaskOutcome.Cancelled || followers.any()) {
            return;
        }
        Thread _ =
                PipeThread.start(
                        "a notification",
                        () -> {
                            try {
                                shown.tell(end(outcome));
                            } catch (UserError noDesktop) {
                                // `task list` says it as well.
                            } catch (InterruptedException stop) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private Notice end(TaskOutcome outcome) {
        String next =
                outcome instanceof TaskOutcome.Done
                        ? "keystone-agent task diff " + task.id()
                        : "keystone-agent task show " + task.id();
        String why = outcome.reason().isEmpty() ? "" : ": " + outcome.reason();
        return new Notice(
                "Task %s %s%s".formatted(task.id(), outcome.word(), why),
                "%s - %s".formatted(next, task.order().prompt()),
                List.of());
    }

    @Override
    public synchronized void close() {
        open.clear();
        hide();
    }

    private synchronized void hide() {
        if (asking != null) {
            asking.close();
            asking = null;
        }
    }

    /// A question, from when it is asked until it is answered.
    private final class Asking {
        private final Desktop where;
        private final TaskQuestion question;
        private final List<Choice> choices;
        private final @Nullable Thread before;
        private final Thread thread;

        /// @param before the thread of the notification that this one replaces; it is about to end,
        ///     and is joined because one process can wait for only one lock on a file; null when
        ///     there is none
        Asking(Desktop where, TaskQuestion question, @Nullable Thread before) {
            this.where = where;
            this.before = before;
            this.question = question;
            this.choices = choices(question);
            this.thread = PipeThread.start("a question's notification", this::run);
        }

        private void run() {
            try {
                // Of one file, a process waits for one lock at a time.
                boolean _ = before == null || before.join(BEFORE);
                followers.awaitNone();
                try (ShownNotice shown = where.show(notice(), this::pressed)) {
                    shown.awaitEnd();
                }
            } catch (UserError noDesktop) {
                // `task list` says it as well.
            } catch (InterruptedException answered) {
                // Nobody needs it any more; it was closed on the way.
            }
        }

        private Notice notice() {
            return new Notice(
                    "Task %s asks: %s".formatted(task.id(), question.text()),
                    "keystone-agent task show %s - %s".formatted(task.id(), task.order().prompt()),
                    choices.stream().map(Choice::title).toList());
        }

        private void pressed(int button) {
            Field field = question.fields().getFirst();
            try {
                answering.accept(
                        new TaskAnswer(
                                question.id(),
                                TaskAnswer.Decision.ACCEPT,
                                Map.of(field.name(), choices.get(button).value())));
            } catch (UserError tooLate) {
                // Somebody else was faster.
            }
        }

        void close() {
            thread.interrupt();
        }
    }

    /// The choices of a question that is answered by one of a few; else empty.
    private static List<Choice> choices(TaskQuestion question) {
        if (question.fields().size() != 1) {
            return List.of();
        }
        Field field = question.fields().getFirst();
        return switch (field.kind()) {
            case CHOICE -> field.choices().size() <= MOST_BUTTONS ? field.choices() : List.of();
            case BOOLEAN -> List.of(new Choice("true", "Yes", ""), new Choice("false", "No", ""));
            case TEXT, NUMBER, INTEGER, CHOICES -> List.of();
        };
    }
}
