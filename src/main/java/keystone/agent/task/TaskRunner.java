package keystone.agent.task;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// Gives one agent its prompts, one after the other, until it is through with the last; looks at
/// the clock meanwhile. Run by one thread; any may ask it to cancel, answer or reply.
public final class TaskRunner {
    /// Where everything that happens goes first.
    public interface Listener {
        /// Returns when it is written down.
        void update(TaskUpdate update);

        /// A question as people may see it; in the same order.
        default TaskQuestion shown(TaskQuestion question) {
            return question;
        }
    }

    /// What came of it.
    public sealed interface Result {
        record Ended(TaskOutcome outcome) implements Result {}

        /// The agent asked something in plain words, and has ended: the next prompt is the answer.
        record Asked(TaskQuestion question) implements Result {}
    }

    private static final int LONGEST_BRIEF = 200;

    /// Characters of what an agent wants to be known as a note.
    private static final int MOST_REMARKS = 256 << 10;

    private static final Duration AFTER_CANCEL = Duration.ofSeconds(10);

    private sealed interface Event {
        record Ended(Turn turn) implements Event {}

        record Cancel() implements Event {}

        record OverBudget(String cost) implements Event {}

        record Opened(AgentSession session) implements Event {}

        record Unusable(String why) implements Event {}
    }

    /// What came of starting the agent.
    private sealed interface Opening {
        record Open(AgentSession session) implements Opening {}

        record GivenUp(Result result) implements Opening {}
    }

    private final Task task;
    private final AgentLauncher launcher;
    private final Listener listener;
    private final List<Attachment> attached;
    private final Questions questions;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Prompts prompts = new Prompts();
    private final AtomicInteger remarks = new AtomicInteger();
    private final Silence silence = new Silence();
    private final TaskClock clock;

    /// @param attached files that come with the first prompt
    public TaskRunner(
            Task task, AgentLauncher launcher, Listener listener, List<Attachment> attached) {
        this.attached = List.copyOf(attached);
        this.task = task;
        this.launcher = launcher;
        this.listener = listener;
        this.questions = new Questions(each -> listener.update(ofAgent(each)));
        this.clock = new TaskClock(task.order().limits());
    }

    /// Runs it to its end.
    ///
    /// @param earlier the agent's name of the session to go on with; null for a new one
    public Result run(String prompt, @Nullable String earlier) throws InterruptedException {
        clock.begin();
        try {
            return switch (open(earlier)) {
                case Opening.Open(AgentSession session) -> turns(session, prompt);
                case Opening.GivenUp(Result result) -> result;
            };
        } catch (UserError unusable) {
            return failed(unusable.problem());
        } finally {
            close();
            questions.close();
        }
    }

    private Result turns(AgentSession session, String prompt) throws InterruptedException {
        try (session) {
            String next = prompt;
            while (true) {
                listener.update(new TaskUpdate.Prompted(next));
                Result result = turn(session, next);
                Optional<String> more = more(result);
                if (more.isEmpty()) {
                    return result;
                }
                next = more.get();
            }
        }
    }

    /// Has a script decide whether it is done.
    public TaskOutcome check(String script) throws InterruptedException {
        listener.update(new TaskUpdate.Note("checking: " + script));
        try (AgentSession open = new ShellSession(launcher, new Ears())) {
            return switch (turn(open, script)) {
                case Result.Asked _ -> new TaskOutcome.Done();
                case Result.Ended(TaskOutcome.Failed(String why)) ->
                        new TaskOutcome.Failed("the check says no: " + why);
                case Result.Ended(TaskOutcome outcome) -> outcome;
            };
        }
    }

    private Opening open(@Nullable String earlier) throws InterruptedException {
        return switch (task.order().agent()) {
            case AgentSpec.Shell _ -> new Opening.Open(new ShellSession(launcher, new Ears()));
            case AgentSpec.Acp acp -> open(acp, earlier);
        };
    }

    /// An agent may take minutes to answer its first words, and must be ended all the same when
    /// somebody says so.
    private Opening open(AgentSpec.Acp agent, @Nullable String earlier)
            throws InterruptedException {
        TaskOrder order = task.order();
        var setup =
                new AcpSession.Setup(
                        agent,
                        order.permissions(),
                        task.directory(),
                        earlier,
                        order.prompt(),
                        order.extras().model(),
                        attached);
        Thread opening = PipeThread.start("opening", () -> open(setup));
        boolean opened = false;
        try {
            Opening came = awaitOpening();
            opened = came instanceof Opening.Open;
            return came;
        } finally {
            if (!opened) {
                giveUp(opening);
            }
        }
    }

    private void open(AcpSession.Setup setup) {
        try {
            events.add(new Event.Opened(AcpSession.open(launcher, setup, new Ears())));
        } catch (UserError unusable) {
            events.add(new Event.Unusable(unusable.problem()));
        } catch (RuntimeException surprise) {
            events.add(new Event.Unusable("an error of ours: " + surprise));
        } catch (InterruptedException nobodyWaits) {
            Thread.currentThread().interrupt();
        }
    }

    private Opening awaitOpening() throws InterruptedException {
        while (true) {
            Duration pause = clock.pause(System.nanoTime(), false);
            switch (events.poll(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS)) {
                case Event.Opened(AgentSession session) -> {
                    return new Opening.Open(session);
                }
                case Event.Unusable(String why) -> {
                    return new Opening.GivenUp(failed(why));
                }
                case Event.Cancel _ -> {
                    return new Opening.GivenUp(new Result.Ended(new TaskOutcome.Cancelled()));
                }
                // Nothing was asked of it yet.
                case Event.Ended _, Event.OverBudget _ -> {}
                case null -> {
                    if (clock.isOver()) {
                        return new Opening.GivenUp(
                                failed("it was not done within " + clock.timeout()));
                    }
                }
            }
        }
    }

    /// The agent's process is closed by whoever is at opening it; at the latest by what is done
    /// with all processes of a task at its end.
    private void giveUp(Thread opening) throws InterruptedException {
        opening.interrupt();
        opening.join(AFTER_CANCEL);
        for (Event late = events.poll(); late != null; late = events.poll()) {
            if (late instanceof Event.Opened(AgentSession session)) {
                session.close();
            }
        }
    }

    /// The next prompt, when somebody gave one meanwhile; empty when the task is to end.
    private Optional<String> more(Result result) {
        boolean goesOn =
                switch (result) {
                    case Result.Ended(TaskOutcome outcome) -> outcome instanceof TaskOutcome.Done;
                    case Result.Asked _ -> true;
                };
        if (!goesOn) {
            close();
            return Optional.empty();
        }
        return prompts.next();
    }

    /// Takes no more prompts, and says of those that it has which the agent was not given: whoever
    /// said them was told that it would be.
    public void close() {
        for (String each : prompts.close()) {
            listener.update(
                    new TaskUpdate.Note(
                            "the agent was not told `%s`; say it again: keystone-agent task reply %s"
                                    .formatted(Members.cut(each, LONGEST_BRIEF), task.id())));
        }
    }

    private Result turn(AgentSession open, String prompt) throws InterruptedException {
        Thread prompting = PipeThread.start("prompting", () -> prompt(open, prompt));
        try {
            return await(open);
        } finally {
            prompting.interrupt();
        }
    }

    private void prompt(AgentSession open, String prompt) {
        try {
            events.add(new Event.Ended(open.prompt(prompt)));
        } catch (RuntimeException failed) {
            events.add(new Event.Ended(new Turn.Failed(String.valueOf(failed.getMessage()))));
        } catch (InterruptedException nobodyWaits) {
            Thread.currentThread().interrupt();
        }
    }

    private Result await(AgentSession open) throws InterruptedException {
        silence.begin();
        while (true) {
            Duration pause = clock.pause(silence.since(), questions.isOpen());
            switch (events.poll(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS)) {
                case Event.Ended(Turn turn) -> {
                    return result(turn);
                }
                case Event.Cancel _ -> {
                    stop(open);
                    return new Result.Ended(new TaskOutcome.Cancelled());
                }
                case Event.Opened _, Event.Unusable _ -> {}
                case Event.OverBudget(String cost) -> {
                    stop(open);
                    return failed("it has cost " + cost + ", which is more than it may");
                }
                case null -> {
                    if (clock.isOver()) {
                        stop(open);
                        return failed("it was not done within " + clock.timeout());
                    }
                    clock.stalled(silence.since(), questions.isOpen())
                            .map(silence::explained)
                            .ifPresent(why -> listener.update(new TaskUpdate.Note(why)));
                }
            }
        }
    }

    /// For who wonders why nothing is heard of the agent.
    ///
    /// @param what a sentence without a full stop
    public void waitsFor(String what) {
        silence.isBecause(what);
    }

    private static Result failed(String why) {
        return new Result.Ended(new TaskOutcome.Failed(why));
    }

    private static Result result(Turn turn) {
        return switch (turn) {
            case Turn.Through(String question) when question.isEmpty() ->
                    new Result.Ended(new TaskOutcome.Done());
            case Turn.Through(String question) ->
                    new Result.Asked(new TaskQuestion("said", question, List.of()));
            case Turn.Failed(String why) -> new Result.Ended(new TaskOutcome.Failed(why));
            case Turn.Refused(String why) -> new Result.Ended(new TaskOutcome.Refused(why));
            case Turn.Cancelled _ -> new Result.Ended(new TaskOutcome.Cancelled());
        };
    }

    /// Asks the agent to stop, and gives it a moment to do so.
    private void stop(AgentSession open) throws InterruptedException {
        questions.close();
        // It may be stuck in a write to an agent that does not read.
        Thread _ = PipeThread.start("cancelling", open::cancel);
        long deadline = System.nanoTime() + AFTER_CANCEL.toNanos();
        Event event;
        do {
            event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } while (event != null && !(event instanceof Event.Ended));
    }

    /// Has it end as soon as it can.
    public void cancel() {
        events.add(new Event.Cancel());
    }

    /// Says something more, once the agent is through with what it does.
    ///
    /// @return false when it has ended, or is about to
    public boolean reply(String prompt) {
        return prompts.add(prompt);
    }

    /// How many characters of what was said its agent was not told yet.
    public long untold() {
        return prompts.length();
    }

    /// Answers the open question.
    ///
    /// @throws UserError when there is none, or the answer does not fit
    public void answer(TaskAnswer answer) {
        questions.answer(answer);
    }

    /// What it waits for.
    public Optional<TaskQuestion> question() {
        return questions.open();
    }

    private final class Ears implements AgentListener {
        @Override
        public void update(TaskUpdate update) {
            silence.end();
            listener.update(ofAgent(update));
            if (update instanceof TaskUpdate.Usage usage) {
                watchBudget(usage.cost());
            }
        }

        @Override
        public Optional<TaskAnswer> ask(TaskQuestion question) throws InterruptedException {
            TaskQuestion shown = listener.shown(question);
            Optional<TaskAnswer> answer = questions.ask(shown);
            silence.begin();
            return answer.map(each -> Answers.inWordsOf(question, shown, each));
        }
    }

    /// A log that is full keeps room for notes, and for nothing else that an agent says.
    private TaskUpdate ofAgent(TaskUpdate update) {
        return update instanceof TaskUpdate.Note(String text)
                        && remarks.addAndGet(text.length()) > MOST_REMARKS
                ? new TaskUpdate.Said("\n" + text + "\n")
                : update;
    }

    private void watchBudget(@Nullable String cost) {
        if (cost != null && task.order().limits().isOver(cost)) {
            events.add(new Event.OverBudget(cost));
        }
    }
}
