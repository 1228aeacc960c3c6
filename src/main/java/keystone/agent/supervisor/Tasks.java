package keystone.agent.supervisor;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskState;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskStage;
import org.jspecify.annotations.Nullable;

/// The tasks of a running sandbox: some work, the others wait for their turn. Thread-safe.
final class Tasks {
    /// Agents are large programs.
    private static final int MOST_AT_WORK = 4;

    private static final int MOST_QUEUED = 100;

    /// Characters of prompts, of all that have not ended: a supervisor is small.
    private static final long MOST_TEXT = 4L << 20;

    private static final Duration CANCEL = Duration.ofMinutes(3);

    private final SandboxDir dir;
    private final Workplace place;
    private final TaskCourse.Surroundings around;
    private final SecureRandom random = new SecureRandom();
    private final Map<TaskId, TaskCourse> courses = new LinkedHashMap<>();
    private boolean closed;

    Tasks(SandboxDir dir, Live up, TaskCourse.Surroundings around) {
        this(dir, new TaskPlace(dir, up), around);
    }

    Tasks(SandboxDir dir, Workplace place, TaskCourse.Surroundings around) {
        this.dir = dir;
        this.place = place;
        this.around = around;
        TaskStage.sweep(dir, around.clock().instant());
    }

    /// Takes a task on; it works as soon as it is its turn.
    Task submit(TaskOrder order) throws InterruptedException {
        requireRoom(order.prompt().length());
        place.require(order.agent());
        TaskId id = TaskId.draw(random);
        Task task =
                order.where() == Where.HERE
                        ? Task.here(id, dir.name(), order, now())
                        : Task.apart(
                                id, dir.name(), order, place.base(order.agent().name()), now());
        TaskDir files = TaskDir.create(dir, task);
        try {
            add(files, task, new NextPrompt(order.prompt(), null), Optional.empty());
        } catch (RuntimeException refused) {
            // Nobody would know of it.
            if (course(id) == null) {
                files.remove();
            }
            throw refused;
        }
        return task;
    }

    private Instant now() {
        return around.clock().instant();
    }

    /// @param question what is to be answered before
    private synchronized void add(
            TaskDir files, Task task, NextPrompt prompt, Optional<TaskQuestion> question) {
        TaskCourse before = courses.get(task.id());
        requireRoom(TaskCourse.weight(task, prompt) - (before == null ? 0 : before.weight()));
        var course = new TaskCourse(files, task, place, prompt, around);
        if (before != null) {
            before.leave();
        }
        // First, as it may not be written down: then nothing is to be scheduled.
        question.ifPresent(course::askAgain);
        courses.put(task.id(), course);
        schedule();
    }

    /// @param more characters of a prompt
    private synchronized void requireRoom(long more) {
        if (closed) {
            throw UserError.wrongState(
                    "`" + dir.name() + "` is being stopped",
                    "keystone-agent start --name " + dir.name());
        }
        if (courses.values().stream().filter(TaskCourse::isQueued).count() >= MOST_QUEUED) {
            throw UserError.wrongState(
                    "%d tasks wait for their turn in `%s` already"
                            .formatted(MOST_QUEUED, dir.name()),
                    "keystone-agent task list");
        }
        requireText(more);
    }

    private synchronized void requireText(long more) {
        long held = courses.values().stream().mapToLong(TaskCourse::weight).sum();
        if (held + more > MOST_TEXT) {
            throw UserError.wrongState(
                    "the prompts of `%s` would have more than %d million characters in all"
                            .formatted(dir.name(), MOST_TEXT >> 20),
                    "put long text into a file of the project, and name the file; or wait: keystone-agent task list");
        }
    }

    private synchronized void schedule() {
        if (closed) {
            return;
        }
        courses.values().removeIf(each -> each.state() instanceof TaskState.Ended);
        for (TaskCourse each : List.copyOf(courses.values())) {
            boolean hasRoom =
                    courses.values().stream().filter(TaskCourse::isAtWork).count() < MOST_AT_WORK;
            boolean isFree =
                    !each.isHere()
                            || courses.values().stream()
                                    .noneMatch(other -> other.isHere() && other.isAtWork());
            if (each.isQueued() && hasRoom && isFree) {
                each.begin(this::schedule);
            }
        }
    }

    /// The tasks that have not ended.
    synchronized Map<TaskId, TaskState> states() {
        var states = new LinkedHashMap<TaskId, TaskState>();
        courses.forEach((id, course) -> states.put(id, course.state()));
        states.values().removeIf(each -> each instanceof TaskState.Ended);
        return states;
    }

    private synchronized @Nullable TaskCourse course(TaskId id) {
        return courses.get(id);
    }

    private TaskDir files(TaskId id) {
        return TaskDir.find(dir, id)
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no task `" + id + "` in `" + dir.name() + "`",
                                        "keystone-agent task list"));
    }

    void answer(TaskId id, TaskAnswer answer) throws InterruptedException {
        TaskCourse course = course(id);
        if (course == null) {
            TaskDir _ = files(id);
            throw UserError.wrongState(
                    "task `" + id + "` asks nothing: it has ended",
                    "keystone-agent task reply " + id + " 'what else is to be done'");
        }
        if (course.state() instanceof TaskState.Waiting(var question)
                && question.isInPlainWords()
                && !course.isAtWork()) {
            reply(id, inPlainWords(id, answer));
            return;
        }
        course.answer(answer);
    }

    private static String inPlainWords(TaskId id, TaskAnswer answer) {
        if (answer.decision() == TaskAnswer.Decision.DECLINE) {
            return NextPrompt.NO_ANSWER;
        }
        String words = String.join("\n", answer.values().values());
        if (words.isBlank()) {
            throw UserError.usage(
                    "the answer is empty", "keystone-agent task answer " + id + " --decline");
        }
        return words;
    }

    /// Says something more to its agent, in the session it had.
    void reply(TaskId id, String prompt) {
        TaskDir files = files(id);
        Task task = files.task();
        // It checks the prompt, too.
        TaskOrder _ = task.order().withPrompt(prompt);
        if (!tell(id, prompt)) {
            goOn(files, task, NextPrompt.replying(task, files, prompt), Optional.empty());
        }
    }

    /// @return false when no agent of it is at work
    private synchronized boolean tell(TaskId id, String prompt) {
        TaskCourse course = courses.get(id);
        if (course == null || !course.isAtWork()) {
            return false;
        }
        requireText(prompt.length());
        return course.reply(prompt);
    }

    /// Has its agent go on where it was cut off. A question in plain words is asked again.
    void resume(TaskId id) {
        TaskDir files = files(id);
        Task task = files.task();
        goOn(
                files,
                task,
                NextPrompt.resuming(task, files),
                files.unanswered().filter(TaskQuestion::isInPlainWords));
    }

    /// In one step: of two replies at once only one may give it an agent.
    private synchronized void goOn(
            TaskDir files, Task task, NextPrompt prompt, Optional<TaskQuestion> question) {
        TaskId id = task.id();
        TaskCourse course = courses.get(id);
        if (course != null && course.isChecked()) {
            throw UserError.wrongState(
                    "what task `" + id + "` has made is being checked, which may take a while",
                    "reply when that has ended: keystone-agent task follow " + id);
        }
        if (course != null && (course.isAtWork() || course.isQueued())) {
            throw UserError.wrongState(
                    "task `" + id + "` is about to begin or to end",
                    "wait a moment, and try again");
        }
        add(files, task, prompt, question);
    }

    /// Returns once nothing of it runs.
    void cancel(TaskId id) throws InterruptedException {
        TaskCourse course = startToCancel(id);
        if (course == null) {
            TaskDir _ = files(id);
            throw UserError.wrongState(
                    "task `" + id + "` has ended already", "keystone-agent task show " + id);
        }
        if (!course.awaitEnd(CANCEL)) {
            throw UserError.timedOut(
                    "task `%s` did not end within %d s".formatted(id, CANCEL.toSeconds()),
                    "keystone-agent restart " + dir.name());
        }
        schedule();
        if (course.state() instanceof TaskState.Ended(var outcome)
                && !(outcome instanceof TaskOutcome.Cancelled)) {
            throw UserError.wrongState(
                    "task `%s` had ended before it could be cancelled: %s"
                            .formatted(id, outcome.word()),
                    "keystone-agent task show " + id);
        }
    }

    /// In one step: a reply may not give it another course meanwhile.
    private synchronized @Nullable TaskCourse startToCancel(TaskId id) {
        TaskCourse course = courses.get(id);
        if (course != null) {
            course.cancel();
        }
        return course;
    }

    /// The sandbox is about to stop: ends all of them.
    ///
    /// @param why as a sentence without a full stop
    void close(String why, Duration limit) throws InterruptedException {
        List<TaskCourse> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(courses.values());
        }
        all.forEach(each -> each.stop(why));
        long deadline = System.nanoTime() + limit.toNanos();
        for (TaskCourse each : all) {
            each.awaitStop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            each.leave();
        }
    }
}
