package keystone.agent.task;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.TaskUpdate;
import org.jspecify.annotations.Nullable;

/// Of an agent that counts its attempts to reach its model, as Codex does ("Reconnecting... 2/5"),
/// tells of the first, and of the last: "5/5", or whichever it was with that the agent gave up.
/// Thread-safe.
final class Attempts {
    private static final Pattern COUNTED =
            Pattern.compile("(.{0,80}?)\\b(\\d{1,4})/(\\d{1,4})\\b.*", Pattern.DOTALL);

    /// What is said of those that are being made, before their number; null when none are.
    private @Nullable String words;

    /// The last one, when it was not told of.
    private TaskUpdate.@Nullable Note untold;

    /// What is to be told now.
    synchronized List<TaskUpdate> of(TaskUpdate update) {
        return switch (update) {
            case TaskUpdate.Note note -> of(note);
            case TaskUpdate.Said _,
                    TaskUpdate.Thought _,
                    TaskUpdate.Output _,
                    TaskUpdate.Tool _,
                    TaskUpdate.Plan _ -> {
                // One of them came through.
                words = null;
                untold = null;
                yield List.of(update);
            }
            case TaskUpdate.Usage _,
                    TaskUpdate.Session _,
                    TaskUpdate.Contacted _,
                    TaskUpdate.Prompted _,
                    TaskUpdate.Milestone _ ->
                    List.of(update);
        };
    }

    private List<TaskUpdate> of(TaskUpdate.Note note) {
        Matcher counted = COUNTED.matcher(note.text());
        if (counted.matches() && counted.group(1).equals(words)) {
            boolean isLast = counted.group(2).equals(counted.group(3));
            untold = isLast ? null : note;
            return isLast ? List.of(note) : List.of();
        }
        TaskUpdate.Note last = untold;
        untold = null;
        words = counted.matches() ? counted.group(1) : null;
        return last == null ? List.of(note) : List.of(last, note);
    }

    /// What is to be told at the end of a turn.
    synchronized Optional<TaskUpdate> end(Turn turn) {
        TaskUpdate.Note last = untold;
        words = null;
        untold = null;
        return turn instanceof Turn.Failed ? Optional.ofNullable(last) : Optional.empty();
    }
}
