package keystone.agent.task;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import keystone.agent.model.Printable;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// What an agent wants to know, one at a time: the oldest is the open one. Thread-safe.
final class Questions {
    /// One that somebody waits for.
    private static final class Pending {
        private final TaskQuestion question;
        private @Nullable TaskAnswer answer;
        private boolean over;

        Pending(TaskQuestion question) {
            this.question = question;
        }
    }

    /// Characters of one in all. Nobody reads more; and a supervisor, which is small, has it
    /// several times while it is written down and whenever somebody lists the tasks.
    static final int LONGEST = 64 << 10;

    private final Consumer<TaskUpdate> log;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private boolean closed;

    Questions(Consumer<TaskUpdate> log) {
        this.log = log;
    }

    /// Waits for an answer.
    ///
    /// @return empty when there will be none
    synchronized Optional<TaskAnswer> ask(TaskQuestion question) throws InterruptedException {
        if (closed) {
            return Optional.empty();
        }
        if (length(question) > LONGEST) {
            log.accept(
                    new TaskUpdate.Note(
                            "the agent asks something that is longer than anybody could read, and gets no answer"));
            return Optional.empty();
        }
        var mine = new Pending(question);
        pending.add(mine);
        try {
            // It may not be written down: then nobody sees it, and nobody will answer.
            log.accept(new TaskUpdate.Asked(question));
            while (!mine.over && !closed) {
                wait();
            }
        } finally {
            pending.remove(mine);
        }
        TaskAnswer answer = mine.answer;
        log.accept(
                answer == null
                        ? TaskUpdate.Answered.byNobody(question.id())
                        : new TaskUpdate.Answered(question.id(), Answers.brief(answer)));
        return Optional.ofNullable(answer);
    }

    private static long length(TaskQuestion question) {
        long sum = question.text().length();
        for (Field field : question.fields()) {
            sum += field.name().length() + field.title().length();
            for (Choice choice : field.choices()) {
                sum += choice.value().length() + choice.title().length();
                sum += choice.description().length();
            }
        }
        return sum;
    }

    /// @throws UserError when there is no such question, or the answer does not fit it
    synchronized void answer(TaskAnswer answer) {
        Pending open =
                pending.stream()
                        .filter(each -> !each.over)
                        .filter(
                                each ->
                                        answer.question().isEmpty()
                                                || each.question.id().equals(answer.question()))
                        .findFirst()
                        .orElseThrow(() -> none(answer));
        open.answer = Answers.checked(open.question, answer);
        open.over = true;
        notifyAll();
    }

    private static UserError none(TaskAnswer answer) {
        String which = answer.question();
        return UserError.wrongState(
                which.isEmpty()
                        ? "the task asks nothing at the moment"
                        : "the question `" + Printable.of(which) + "` is not open",
                "keystone-agent task list");
    }

    synchronized Optional<TaskQuestion> open() {
        return pending.stream().filter(each -> !each.over).findFirst().map(each -> each.question);
    }

    boolean isOpen() {
        return open().isPresent();
    }

    /// Nobody will answer any more.
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
