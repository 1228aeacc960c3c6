package keystone.agent.supervisor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.desktop.Desktop;
import keystone.agent.egress.EgressLog;
import keystone.agent.egress.Redactor;
import keystone.agent.model.HostAnswer;
import keystone.agent.model.HostContact;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;
import keystone.agent.process.PipeThread;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskLog;
import keystone.agent.task.TaskRunner;
import org.jspecify.annotations.Nullable;

/// A task, from its turn until it has ended or waits for a reply: its place, its agent, what is
/// brought home. Thread-safe.
final class TaskCourse {
    /// By the supervisor, that the machine has ended.
    private static final Duration SAID = Duration.ofSeconds(10);

    private final Task task;
    private final TaskDir files;
    private final Workplace place;
    private final NextPrompt prompt;
    private final CountDownLatch over = new CountDownLatch(1);
    private final InstantSource clock;
    private final TaskLog log;
    private final RedactedUpdates updates;
    private final TaskPreparation preparation;
    private final TaskLauncher launcher;
    private final TaskRunner runner;
    private final TaskNotices notices;
    private volatile TaskState state = new TaskState.Queued();
    private volatile @Nullable String stopped;
    private volatile boolean cancelled;
    private volatile boolean checking;
    private final TaskAccount account;

    /// What all courses have of this host.
    ///
    /// @param redactor takes secrets out of what is written down
    record Surroundings(InstantSource clock, Optional<Desktop> desktop, Redactor redactor) {}

    /// Not begun yet.
    ///
    /// @param task what the files say; held once, as a prompt may be long
    TaskCourse(TaskDir files, Task task, Workplace place, NextPrompt prompt, Surroundings around) {
        InstantSource clock = around.clock();
        this.task = task;
        this.files = files;
        this.place = place;
        this.prompt = prompt;
        this.clock = clock;
        this.account = new TaskAccount(clock.instant(), files.result());
        this.log = TaskLog.open(files, clock);
        this.updates = new RedactedUpdates(around.redactor(), this::keep);
        this.preparation = new TaskPreparation(task, files, place);
        this.launcher = new TaskLauncher(task, place);
        this.runner = new TaskRunner(task, launcher, new Hearing(), preparation.attached());
        this.notices = new TaskNotices(task, files.followers(), around.desktop(), runner::answer);
        files.begin();
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

    /// Only an answer is missing, as it was when it was cut off: no agent is needed before.
    synchronized void askAgain(TaskQuestion question) {
        try (log) {
            note(new TaskUpdate.Asked(question));
            state = new TaskState.Waiting(question);
            over.countDown();
        }
    }

    private void run(Runnable then) {
        Instant began = clock.instant();
        account.begins(began);
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
            Optional<List<String>> missing = preparation.make();
            if (missing.isEmpty()) {
                return new TaskRunner.Result.Ended(new TaskOutcome.Cancelled());
            }
            missing.get().forEach(each -> note(new TaskUpdate.Note(each)));
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

    private boolean isUnwanted() {
        return cancelled || stopped != null;
    }

    private void endProcesses() throws InterruptedException {
        attempt(launcher::end);
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
        if (check == null || !(outcome instanceof TaskOutcome.Done)) {
            return outcome;
        }
        checking = true;
        return runner.check(check);
    }

    /// What fails here is no reason that a task has failed.
    private void attempt(Attempt what) throws InterruptedException {
        try {
            what.make();
        } catch (UserError failed) {
            if (!isStopped()) {
                note(new TaskUpdate.Note(failed.problem()));
            }
        }
    }

    /// Where the machine is gone, the supervisor is about to say so, and what: that is the reason
    /// that the task has failed, and not the broken connections, of which we hear first.
    private boolean isStopped() throws InterruptedException {
        return stopped != null || (place.isGone() && Patience.until(SAID, () -> stopped != null));
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
        if (isUnwanted()) {
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
            account.yields(place.harvest(task));
        }
    }

    private synchronized void write(TaskOutcome outcome) {
        if (state instanceof TaskState.Ended) {
            return;
        }
        files.end(account.result(updates.redacted(outcome), clock.instant()));
        note(new TaskUpdate.Ended(outcome));
        state = new TaskState.Ended(outcome);
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
            account.costs(said);
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

    /// How many characters it holds for its agent.
    long weight() {
        return weight(task, prompt) + runner.untold();
    }

    static long weight(Task task, NextPrompt prompt) {
        TaskOrder order = task.order();
        String check = order.check();
        return (long) order.prompt().length()
                + (check == null ? 0 : check.length())
                + (prompt.text().equals(order.prompt()) ? 0 : prompt.text().length());
    }

    /// Whether its agent is through, and it is looked at what it has made.
    boolean isChecked() {
        return checking && isAtWork();
    }

    /// Another has taken its place.
    void leave() {
        notices.close();
    }

    /// Has it end.
    void cancel() {
        cancelled = true;
        endWith(new TaskOutcome.Cancelled());
    }

    private void endWith(TaskOutcome outcome) {
        if (!endsWithoutAgent(outcome)) {
            runner.cancel();
            preparation.cutShort();
        }
    }

    /// Waits until nothing of it runs.
    ///
    /// @return false when the limit passed first
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return over.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The sandbox is about to stop.
    void stop(String why) {
        String all = why + NextPrompt.advice(task.id(), state());
        stopped = all;
        endWith(new TaskOutcome.Failed(all));
    }

    /// @param limit after which it is written down as ended, whatever becomes of it
    void awaitStop(Duration limit) throws InterruptedException {
        if (!awaitEnd(limit)) {
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
                    files.end(account.result(outcome, clock.instant()));
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
