package keystone.agent.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.TaskTail;
import keystone.agent.sandbox.TaskView;
import org.jspecify.annotations.Nullable;

/// Shows a task until it has ended, and asks whoever sits here what its agent wants to know.
final class TaskWatching {
    static final int FAILED = 10;
    static final int REFUSED = 11;
    static final int WAITING = 12;
    static final int CANCELLED = 13;

    /// How often it is looked whether the task lives, when nothing is written.
    private static final Duration LOOK = Duration.ofSeconds(2);

    /// How long an end that is known may take to be written down.
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    /// How results are printed.
    enum Form {
        TEXT,
        JSON
    }

    private final Call call;
    private final TaskId id;
    private final TaskPrinter printer;

    /// The questions that nobody has answered, the oldest first: an agent may ask several things at
    /// once.
    private final SequencedMap<String, TaskEntry> open = new LinkedHashMap<>();

    /// The question that was printed last.
    private String printed = "";

    /// What the log said last. Since then somebody may have said more to its agent, which waits
    /// for its turn.
    private @Nullable TaskOutcome ended;

    private @Nullable TaskOutcome seenEnded;
    private final Prompt prompt;

    TaskWatching(Call call, TaskId id, Form form) {
        this.call = call;
        this.id = id;
        this.prompt = call.prompt();
        this.printer = form == Form.JSON ? new TaskJsonPrinter(call) : new TaskText(call);
    }

    /// Follows the task from its first update on.
    int follow() throws InterruptedException {
        return follow(Integer.MAX_VALUE);
    }

    /// Follows the task until it has ended, or asks what nobody here can answer.
    ///
    /// @param last how many updates to begin with, at most
    /// @return the exit code
    int follow(int last) throws InterruptedException {
        try (TaskTail tail = call.use().tasks().follow(id)) {
            replay(tail, last);
            while (true) {
                if (ended != null) {
                    if (isOver()) {
                        return finish();
                    }
                    ended = null;
                }
                if (!open.isEmpty()) {
                    Optional<Integer> leaving = ask(open.firstEntry().getValue(), tail);
                    if (leaving.isPresent()) {
                        return leaving.get();
                    }
                }
                List<TaskEntry> more = tail.next(LOOK);
                more.forEach(this::show);
                if (more.isEmpty() && isOver()) {
                    showRest(tail);
                    return finish();
                }
            }
        } catch (InterruptedException leave) {
            printer.breakLine();
            call.say("the task goes on; watch it: keystone-agent task follow " + id);
            call.say("or end it: keystone-agent task cancel " + id);
            throw leave;
        }
    }

    private void replay(TaskTail tail, int last) throws InterruptedException {
        Deque<TaskEntry> kept = new ArrayDeque<>();
        List<TaskEntry> some = tail.next(Duration.ZERO);
        while (!some.isEmpty()) {
            for (TaskEntry each : some) {
                if (last == Integer.MAX_VALUE) {
                    show(each);
                    continue;
                }
                kept.add(each);
                note(each);
                if (kept.size() > last) {
                    kept.removeFirst();
                }
            }
            some = tail.next(Duration.ZERO);
        }
        kept.forEach(this::show);
    }

    /// How it ended is known before the log says so, so what was written since the last look may
    /// still come, and that last.
    private void showRest(TaskTail tail) throws InterruptedException {
        List<TaskEntry> more = tail.next(LAST_WORDS);
        while (!more.isEmpty()) {
            more.forEach(this::show);
            more = tail.next(Duration.ZERO);
        }
    }

    private void show(TaskEntry entry) {
        note(entry);
        printer.print(entry);
        if (entry.update() instanceof TaskUpdate.Asked(TaskQuestion question)) {
            printed = question.id();
        }
    }

    private void note(TaskEntry entry) {
        switch (entry.update()) {
            case TaskUpdate.Asked(TaskQuestion question) -> open.putLast(question.id(), entry);
            case TaskUpdate.Answered(String question, String _) -> open.remove(question);
            case TaskUpdate.Began _ -> {
                open.clear();
                ended = null;
            }
            case TaskUpdate.Ended(TaskOutcome outcome) -> {
                open.clear();
                ended = outcome;
            }
            case TaskUpdate.Detail _ -> {
                // It goes on.
            }
        }
    }

    /// Whether nothing more will come. A task whose supervisor is gone counts: nobody writes down
    /// how it ended.
    private boolean isOver() throws InterruptedException {
        if (call.use().tasks().show(id).state() instanceof TaskState.Ended(TaskOutcome outcome)) {
            seenEnded = outcome;
            return true;
        }
        return false;
    }

    private int finish() throws InterruptedException {
        TaskView seen = call.use().tasks().show(id);
        printer.end(seen);
        TaskOutcome outcome =
                seen.state() instanceof TaskState.Ended(TaskOutcome last) ? last : seenEnded;
        return outcome == null ? 0 : status(outcome);
    }

    static int status(TaskOutcome outcome) {
        return switch (outcome) {
            case TaskOutcome.Done _ -> 0;
            case TaskOutcome.Failed _ -> FAILED;
            case TaskOutcome.Refused _ -> REFUSED;
            case TaskOutcome.Cancelled _ -> CANCELLED;
        };
    }

    /// Asks whoever sits here.
    ///
    /// @param asked a question; shown again when another was shown after it
    /// @return the exit code when nobody can be asked
    private Optional<Integer> ask(TaskEntry asked, TaskTail tail) throws InterruptedException {
        if (!call.streams().canAsk() || printer instanceof TaskJsonPrinter) {
            return waiting();
        }
        var question = ((TaskUpdate.Asked) asked.update()).question();
        if (!printed.equals(question.id())) {
            printer.print(asked);
            printed = question.id();
        }
        return switch (new TaskDialog(prompt).ask(question, new Meanwhile(question, tail))) {
            case TaskDialog.Said.Answer(TaskAnswer answer) -> {
                answer(question, answer);
                yield Optional.empty();
            }
            case TaskDialog.Said.Nobody _ -> waiting();
            case TaskDialog.Said.TooLate _ -> Optional.empty();
        };
    }

    private Optional<Integer> waiting() {
        printer.breakLine();
        call.say("it waits for an answer: keystone-agent task answer " + id + " ANSWER");
        return Optional.of(WAITING);
    }

    /// What happens while somebody thinks about an answer: somebody else may be faster.
    private final class Meanwhile implements Prompt.Meanwhile {
        private final TaskQuestion question;
        private final TaskTail tail;
        private List<TaskEntry> news = List.of();
        private long looked = System.nanoTime();
        private boolean over;

        Meanwhile(TaskQuestion question, TaskTail tail) {
            this.question = question;
            this.tail = tail;
        }

        @Override
        public boolean hasNews() throws InterruptedException {
            news = tail.next(Duration.ZERO);
            if (news.isEmpty() && System.nanoTime() - looked >= LOOK.toNanos()) {
                looked = System.nanoTime();
                over = isOver();
            }
            return over || !news.isEmpty();
        }

        @Override
        public boolean tell() {
            news.forEach(TaskWatching.this::show);
            if (over) {
                open.clear();
            }
            return open.containsKey(question.id());
        }
    }

    private void answer(TaskQuestion question, TaskAnswer answer) throws InterruptedException {
        try {
            call.use().tasks().answer(id, answer);
            open.remove(question.id());
        } catch (UserError unfit) {
            call.say("error: " + unfit.problem());
            call.say("fix:   " + unfit.fix());
            if (unfit.kind() == UserError.Kind.WRONG_STATE) {
                // Somebody else was faster.
                open.remove(question.id());
            }
        }
    }
}
