package keystone.agent.task;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
    }

    /// What came of it.
    public sealed interface Result {
        record Ended(TaskOutcome outcome) implements Result {}

        /// The agent asked something in plain words, and has ended: the next prompt is the answer.
        record Asked(TaskQuestion question) implements Result {}
    }

    private static final Duration AFTER_CANCEL = Duration.ofSeconds(10);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

    private sealed interface Event {
        record Ended(Turn turn) implements Event {}

        record Cancel() implements Event {}

        record OverBudget(String cost) implements Event {}
    }

    private final Task task;
    private final AgentLauncher launcher;
    private final Listener listener;
    private final List<Attachment> attached;
    private final Questions questions;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> prompts = new LinkedBlockingQueue<>();
    private volatile long lastWord = System.nanoTime();
    private final Clock clock;
    private boolean closed;

    public TaskRunner(Task task, AgentLauncher launcher, Listener listener) {
        this(task, launcher, listener, List.of());
    }

    /// With files beside the prompt.
    ///
    /// @param attached comes with the first prompt
    public TaskRunner(
            Task task, AgentLauncher launcher, Listener listener, List<Attachment> attached) {
        this.attached = List.copyOf(attached);
        this.task = task;
        this.launcher = launcher;
        this.listener = listener;
        this.questions = new Questions(listener::update);
        this.clock = new Clock(task.order().limits());
    }

    /// Runs it to its end.
    ///
    /// @param earlier the agent's name of the session to go on with; null for a new one
    public Result run(String prompt, @Nullable String earlier) throws InterruptedException {
        clock.begin();
        try (AgentSession open = open(earlier)) {
            String next = prompt;
            while (true) {
                listener.update(new TaskUpdate.Prompted(next));
                Result result = turn(open, next);
                Optional<String> more = more(result);
                if (more.isEmpty()) {
                    return result;
                }
                next = more.get();
            }
        } catch (UserError unusable) {
            return new Result.Ended(new TaskOutcome.Failed(unusable.problem()));
        } finally {
            closeQueue();
            questions.close();
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

    private AgentSession open(@Nullable String earlier) throws InterruptedException {
        TaskOrder order = task.order();
        return switch (order.agent()) {
            case AgentSpec.Shell _ -> new ShellSession(launcher, new Ears());
            case AgentSpec.Acp acp ->
                    AcpSession.open(
                            launcher,
                            new AcpSession.Setup(
                                    acp,
                                    order.permissions(),
                                    task.directory(),
                                    earlier,
                                    order.extras().model(),
                                    attached),
                            new Ears());
        };
    }

    /// What was said meanwhile, unless there is a reason to end.
    private synchronized Optional<String> more(Result result) {
        boolean goesOn =
                switch (result) {
                    case Result.Ended(TaskOutcome outcome) -> outcome instanceof TaskOutcome.Done;
                    case Result.Asked _ -> true;
                };
        Optional<String> next = goesOn ? Optional.ofNullable(prompts.poll()) : Optional.empty();
        closed = next.isEmpty();
        return next;
    }

    private synchronized void closeQueue() {
        closed = true;
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
        lastWord = System.nanoTime();
        while (true) {
            Duration pause = clock.pause(lastWord);
            switch (events.poll(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS)) {
                case Event.Ended(Turn turn) -> {
                    return result(turn);
                }
                case Event.Cancel _ -> {
                    stop(open);
                    return new Result.Ended(new TaskOutcome.Cancelled());
                }
                case Event.OverBudget(String cost) -> {
                    stop(open);
                    return failed("it has cost " + cost + ", which is more than it may");
                }
                case null -> {
                    if (clock.isOver()) {
                        stop(open);
                        return failed("it was not done within " + clock.timeout());
                    }
                    clock.stalled(lastWord, questions.isOpen())
                            .ifPresent(why -> listener.update(new TaskUpdate.Note(why)));
                }
            }
        }
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
    public synchronized boolean reply(String prompt) {
        return !closed && prompts.offer(prompt);
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
            lastWord = System.nanoTime();
            listener.update(update);
            if (update instanceof TaskUpdate.Usage usage) {
                watchBudget(usage.cost());
            }
        }

        @Override
        public Optional<TaskAnswer> ask(TaskQuestion question) throws InterruptedException {
            Optional<TaskAnswer> answer = questions.ask(question);
            lastWord = System.nanoTime();
            return answer;
        }
    }

    private void watchBudget(@Nullable String cost) {
        BigDecimal budget = task.order().limits().budget();
        if (budget == null || cost == null || !cost.endsWith(" USD")) {
            return;
        }
        var spent = new BigDecimal(cost.substring(0, cost.indexOf(' ')));
        if (spent.compareTo(budget) > 0) {
            events.add(new Event.OverBudget(cost));
        }
    }

    /// The two limits of time.
    private static final class Clock {
        private final TaskOrder.Limits limits;
        private long began = System.nanoTime();
        private long told;

        Clock(TaskOrder.Limits limits) {
            this.limits = limits;
        }

        void begin() {
            began = System.nanoTime();
        }

        /// Until there may be something to look at.
        Duration pause(long lastWord) {
            long now = System.nanoTime();
            Duration timeout = limits.timeout();
            long left = LONGEST_LOOK.toNanos();
            if (timeout != null) {
                left = Math.min(left, began + timeout.toNanos() - now);
            }
            if (told != lastWord) {
                left = Math.min(left, lastWord + limits.stall().toNanos() - now);
            }
            return Duration.ofNanos(Math.max(0, left));
        }

        boolean isOver() {
            Duration timeout = limits.timeout();
            return timeout != null && System.nanoTime() - began >= timeout.toNanos();
        }

        String timeout() {
            return words(limits.timeout());
        }

        /// What to say when nothing was heard for too long; once.
        Optional<String> stalled(long lastWord, boolean waits) {
            if (told == lastWord
                    || waits
                    || System.nanoTime() - lastWord < limits.stall().toNanos()) {
                return Optional.empty();
            }
            told = lastWord;
            return Optional.of("nothing was heard of the agent for " + words(limits.stall()));
        }

        private static String words(@Nullable Duration time) {
            long seconds = time == null ? 0 : time.toSeconds();
            return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
        }
    }
}
