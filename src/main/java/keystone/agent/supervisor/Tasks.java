package keystone.agent.supervisor;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import keystone.agent.git.Head;
import keystone.agent.git.HostRefs;
import keystone.agent.git.HostRepository;
import keystone.agent.git.ObjectId;
import keystone.agent.model.AgentName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Where;
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
    private static final Duration CANCEL = Duration.ofMinutes(3);

    private final SandboxDir dir;
    private final Live up;
    private final TaskPlace place;
    private final TaskCourse.Surroundings around;
    private final SecureRandom random = new SecureRandom();
    private final Map<TaskId, TaskCourse> courses = new LinkedHashMap<>();
    private boolean closed;

    Tasks(SandboxDir dir, Live up, TaskCourse.Surroundings around) {
        this.dir = dir;
        this.up = up;
        this.place = new TaskPlace(dir, up);
        this.around = around;
        TaskStage.sweep(dir, around.clock().instant());
    }

    /// Takes a task on; it works as soon as it is its turn.
    Task submit(TaskOrder order) throws InterruptedException {
        requireRoom();
        new AgentReadiness(dir.name(), up.guest(), up.egress()).require(order.agent());
        TaskId id = TaskId.draw(random);
        Task task =
                order.where() == Where.HERE
                        ? Task.here(id, dir.name(), order, now())
                        : Task.apart(id, dir.name(), order, base(order.agent().name()), now());
        TaskDir files = TaskDir.create(dir, task);
        add(files, new NextPrompt(order.prompt(), null));
        return task;
    }

    private Instant now() {
        return around.clock().instant();
    }

    /// Where its branch begins: what is checked out on this host.
    private String base(AgentName agent) throws InterruptedException {
        HostRepository repository = up.git().own().orElseThrow(() -> noWorktrees(agent));
        HostRefs refs = repository.refs();
        ObjectId commit =
                switch (refs.head()) {
                    case Head.Detached(ObjectId at) -> at;
                    case Head.OnBranch(String branch) -> refs.branches().get(branch);
                };
        if (commit == null) {
            throw UserError.wrongState(
                    "the project has no commit yet, from which a branch could begin",
                    "keystone-agent task run --here --agent %s 'PROMPT'   # or commit first"
                            .formatted(agent));
        }
        return commit.hex();
    }

    private UserError noWorktrees(AgentName agent) {
        return UserError.wrongState(
                "tasks of `%s` cannot have a branch of their own: %s"
                        .formatted(dir.name(), up.git().reason()),
                up.git() instanceof GitAccess.None
                        ? "keystone-agent task run --here --agent %s 'PROMPT'".formatted(agent)
                        : "keystone-agent stop %1$s && keystone-agent start --git protected --name %1$s   # or: task run --here"
                                .formatted(dir.name()));
    }

    private synchronized void add(TaskDir files, NextPrompt prompt) {
        requireRoom();
        var course = new TaskCourse(files, place, prompt, around);
        TaskCourse before = courses.put(course.id(), course);
        if (before != null) {
            before.leave();
        }
        schedule();
    }

    private synchronized void requireRoom() {
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
                && question.fields().isEmpty()
                && !course.isAtWork()) {
            reply(id, String.join("\n", answer.values().values()));
            return;
        }
        course.answer(answer);
    }

    /// Says something more to its agent, in the session it had.
    void reply(TaskId id, String prompt) {
        TaskCourse course = course(id);
        TaskDir files = files(id);
        // It checks the prompt, too.
        TaskOrder _ = files.task().order().withPrompt(prompt);
        if (course != null && course.reply(prompt)) {
            return;
        }
        goOn(files, NextPrompt.replying(files, prompt));
    }

    /// Has its agent go on where it was cut off.
    void resume(TaskId id) {
        TaskDir files = files(id);
        goOn(files, NextPrompt.resuming(files));
    }

    /// In one step: of two replies at once only one may give it an agent.
    private synchronized void goOn(TaskDir files, NextPrompt prompt) {
        TaskId id = files.task().id();
        TaskCourse course = courses.get(id);
        if (course != null && (course.isAtWork() || course.isQueued())) {
            throw UserError.wrongState(
                    "task `" + id + "` is about to begin or to end",
                    "wait a moment, and try again");
        }
        add(files, prompt);
    }

    /// Returns once nothing of it runs.
    void cancel(TaskId id) throws InterruptedException {
        TaskCourse course = course(id);
        if (course == null) {
            TaskDir _ = files(id);
            throw UserError.wrongState(
                    "task `" + id + "` has ended already", "keystone-agent task show " + id);
        }
        if (!course.cancel(CANCEL)) {
            throw UserError.timedOut(
                    "task `%s` did not end within %d s".formatted(id, CANCEL.toSeconds()),
                    "keystone-agent restart " + dir.name());
        }
        schedule();
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
