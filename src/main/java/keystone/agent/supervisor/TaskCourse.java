package keystone.agent.supervisor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.desktop.Desktop;
import keystone.agent.egress.EgressLog;
import keystone.agent.egress.Redactor;
import keystone.agent.guest.ExactArguments;
import keystone.agent.guest.ExecRequest;
import keystone.agent.guest.GuestAttachments;
import keystone.agent.guest.GuestSessions;
import keystone.agent.guest.SessionToken;
import keystone.agent.model.HostAnswer;
import keystone.agent.model.HostContact;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskLog;
import keystone.agent.task.AgentLauncher;
import keystone.agent.task.Attachment;
import keystone.agent.task.TaskRunner;
import org.jspecify.annotations.Nullable;

/// A task, from its turn until it has ended or waits for a reply: its place, its agent, what is
/// brought home. Thread-safe.
final class TaskCourse {
    private final Task task;
    private final TaskDir files;
    private final TaskPlace place;
    private final NextPrompt prompt;
    private final SessionToken token = SessionToken.create();
    private final CountDownLatch over = new CountDownLatch(1);
    private final InstantSource clock;
    private final TaskLog log;
    private final RedactedUpdates updates;
    private final TaskRunner runner;
    private final TaskNotices notices;
    private volatile TaskState state = new TaskState.Queued();
    private volatile @Nullable String cost;
    private volatile boolean mayRun;
    private volatile @Nullable String stopped;
    private volatile boolean cancelled;
    private TaskPlace.Harvest harvest = TaskPlace.Harvest.NONE;
    private Instant began;

    /// What all courses have of this host.
    ///
    /// @param redactor takes secrets out of what is written down
    record Surroundings(InstantSource clock, Optional<Desktop> desktop, Redactor redactor) {}

    /// Not begun yet.
    TaskCourse(TaskDir files, TaskPlace place, NextPrompt prompt, Surroundings around) {
        InstantSource clock = around.clock();
        this.task = files.task();
        this.files = files;
        this.place = place;
        this.prompt = prompt;
        this.clock = clock;
        this.began = clock.instant();
        files.begin();
        this.log = TaskLog.open(files, clock);
        this.updates = new RedactedUpdates(around.redactor(), this::keep);
        this.runner = new TaskRunner(task, launcher(), new Hearing(), attached());
        this.notices = new TaskNotices(files, around.desktop(), runner::answer);
    }

    private AgentLauncher launcher() {
        GuestSessions guest = place.sessions();
        return (command, environment) -> {
            mayRun = true;
            return guest.start(
                    new ExecRequest(
                            ExactArguments.of(command),
                            task.directory(),
                            withAttached(environment),
                            token));
        };
    }

    /// A script finds them by that.
    private Map<String, String> withAttached(Map<String, String> environment) {
        if (task.order().extras().staged() == null) {
            return environment;
        }
        var all = new TreeMap<>(environment);
        all.put("KEYSTONE_ATTACHED", GuestAttachments.directory(task.id()));
        return all;
    }

    private List<Attachment> attached() {
        String where = GuestAttachments.directory(task.id());
        return files.attached().stream()
                .map(each -> new Attachment(each, where + "/" + each.getFileName()))
                .toList();
    }

    TaskId id() {
        return task.id();
    }

    boolean isHere() {
        return task.order().where() == Where.HERE;
    }

    /// As of now.
    TaskState state() {
        return state instanceof TaskState.Running
                ? runner.question().<TaskState>map(TaskState.Waiting::new).orElse(state)
                : state;
    }

    /// Whether it takes a place among those that work.
    boolean isAtWork() {
        return state instanceof TaskState.Running;
    }

    boolean isQueued() {
        return state instanceof TaskState.Queued;
    }

    /// Its turn has come.
    ///
    /// @param then runs when it has ended, or waits for a reply
    synchronized void begin(Runnable then) {
        if (state instanceof TaskState.Queued) {
            state = new TaskState.Running();
            Thread _ = PipeThread.start("task " + task.id(), () -> run(then));
        }
    }

    private void run(Runnable then) {
        began = clock.instant();
        try (log;
                Owned.Ending hosts = place.listen(began, new Hosts())) {
            note(new TaskUpdate.Began());
            settle(work(), hosts);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException unwritten) {
            // A full disk, say. It must not be shown as running, nor keep a place, for good.
            state = new TaskState.Ended(new TaskOutcome.Failed("an error of ours: " + unwritten));
            throw unwritten;
        } finally {
            over.countDown();
            then.run();
        }
    }

    private TaskRunner.Result work() throws InterruptedException {
        try {
            place.prepare(task);
            for (String each : place.furnish(task, files.attached())) {
                note(new TaskUpdate.Note(each));
            }
            TaskRunner.Result result = runner.run(prompt.text(), prompt.session());
            commit();
            return result instanceof TaskRunner.Result.Ended(TaskOutcome outcome)
                    ? new TaskRunner.Result.Ended(checked(outcome))
                    : result;
        } catch (UserError failed) {
            return new TaskRunner.Result.Ended(new TaskOutcome.Failed(failed.problem()));
        } catch (RuntimeException surprise) {
            return new TaskRunner.Result.Ended(
                    new TaskOutcome.Failed("an error of ours: " + surprise));
        } finally {
            // It may not have come to run.
            runner.close();
            endProcesses();
        }
    }

    /// Once for each time that something was started: in an emulated guest it takes seconds.
    private void endProcesses() throws InterruptedException {
        if (mayRun) {
            mayRun = false;
            attempt(() -> place.end(token));
        }
    }

    /// Nothing of the agent may run any more when its work is committed. So is that of one that
    /// waits for a reply: it may be cancelled before there is one.
    private void commit() throws InterruptedException {
        endProcesses();
        attempt(() -> place.commit(task));
    }

    /// Nobody's word is worth more than the check's.
    private TaskOutcome checked(TaskOutcome outcome) throws InterruptedException {
        String check = task.order().check();
        return check != null && outcome instanceof TaskOutcome.Done ? runner.check(check) : outcome;
    }

    /// What fails here is no reason that a task has failed.
    private void attempt(Attempt what) throws InterruptedException {
        try {
            what.make();
        } catch (UserError failed) {
            if (stopped == null) {
                note(new TaskUpdate.Note(failed.problem()));
            }
        }
    }

    /// Something that may fail for a reason of the guest's.
    private interface Attempt {
        void make() throws InterruptedException;
    }

    private void settle(TaskRunner.Result result, Owned.Ending hosts) throws InterruptedException {
        switch (result) {
            case TaskRunner.Result.Asked(TaskQuestion question) -> {
                bringHome();
                if (!beginsToWait(question)) {
                    hosts.close();
                    write(truly(new TaskOutcome.Cancelled()));
                }
            }
            case TaskRunner.Result.Ended(TaskOutcome outcome) -> end(truly(outcome), hosts);
        }
    }

    /// Unless somebody has ended it meanwhile: the agent was through, and did not hear of that.
    private synchronized boolean beginsToWait(TaskQuestion asked) {
        if (cancelled || stopped != null) {
            return false;
        }
        TaskQuestion question = updates.redacted(asked);
        note(new TaskUpdate.Asked(question));
        state = new TaskState.Waiting(question);
        return true;
    }

    /// A task that ended with its sandbox was not cancelled by anybody.
    private TaskOutcome truly(TaskOutcome outcome) {
        String why = stopped;
        return why == null || outcome instanceof TaskOutcome.Done
                ? outcome
                : new TaskOutcome.Failed(why);
    }

    /// A connection is known of when it has ended, so some time after the last program has.
    private void end(TaskOutcome outcome, Owned.Ending hosts) throws InterruptedException {
        bringHome();
        hosts.close();
        write(outcome);
    }

    /// A stop does so itself, once for all tasks.
    private void bringHome() throws InterruptedException {
        if (stopped == null) {
            TaskPlace.Harvest now = place.harvest(task);
            synchronized (this) {
                harvest = now;
            }
        }
    }

    private synchronized void write(TaskOutcome outcome) {
        if (state instanceof TaskState.Ended) {
            return;
        }
        files.end(result(updates.redacted(outcome)));
        note(new TaskUpdate.Ended(outcome));
        state = new TaskState.Ended(outcome);
    }

    private TaskResult result(TaskOutcome outcome) {
        return new TaskResult(
                outcome,
                began,
                clock.instant(),
                harvest.commits(),
                harvest.stat(),
                cost,
                harvest.notes());
    }

    private final class Hearing implements TaskRunner.Listener {
        @Override
        public void update(TaskUpdate update) {
            note(update);
        }

        @Override
        public TaskQuestion shown(TaskQuestion question) {
            return updates.redacted(question);
        }
    }

    private final class Hosts implements EgressLog.Hearing {
        @Override
        public void contacted(HostContact contact) {
            note(new TaskUpdate.Contacted(contact));
        }

        @Override
        public void troubled(HostAnswer answer) {
            runner.waitsFor(answer.sentence());
            note(new TaskUpdate.Note(answer.sentence()));
        }
    }

    private void note(TaskUpdate update) {
        if (update instanceof TaskUpdate.Usage(long _, String said) && said != null) {
            cost = said;
        }
        updates.accept(update);
    }

    private void keep(TaskUpdate update) {
        var _ = log.append(update);
        notices.heard(update);
    }

    void answer(TaskAnswer answer) {
        runner.answer(answer);
    }

    /// Says something more to its agent, once that is through with what it does.
    ///
    /// @return false when it works no more, so that it has to be given its turn again
    boolean reply(String more) {
        return state instanceof TaskState.Running && runner.reply(more);
    }

    /// Another has taken its place.
    void leave() {
        notices.close();
    }

    /// Ends it.
    ///
    /// @return whether nothing of it runs any more, within the limit
    boolean cancel(Duration limit) throws InterruptedException {
        cancelled = true;
        if (endsWithoutAgent(new TaskOutcome.Cancelled())) {
            return true;
        }
        runner.cancel();
        return over.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The sandbox is about to stop.
    void stop(String why) {
        stopped = why;
        if (!endsWithoutAgent(new TaskOutcome.Failed(why))) {
            runner.cancel();
        }
    }

    /// @param limit after which it is written down as ended, whatever becomes of it
    void awaitStop(Duration limit) throws InterruptedException {
        if (!over.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            String why = Optional.ofNullable(stopped).orElse("the sandbox was stopped");
            write(new TaskOutcome.Failed(why));
        }
    }

    /// One that has no agent at work has only to be written down: what it has made is home.
    private synchronized boolean endsWithoutAgent(TaskOutcome outcome) {
        switch (state) {
            case TaskState.Ended _ -> {
                return true;
            }
            case TaskState.Running _, TaskState.Unknown _ -> {
                return false;
            }
            case TaskState.Queued _, TaskState.Waiting _ -> {
                try (TaskLog again = TaskLog.open(files, clock)) {
                    files.end(result(outcome));
                    var _ = again.append(new TaskUpdate.Ended(outcome));
                    notices.heard(new TaskUpdate.Ended(outcome));
                    state = new TaskState.Ended(outcome);
                    over.countDown();
                    return true;
                }
            }
        }
    }
}
