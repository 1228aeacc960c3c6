package keystone.agent.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is left of a task that has ended.
///
/// @param commits on its branch that this host's branches do not have
/// @param stat which files they change, and how much, in several lines; safe to print
/// @param cost as the agent says; null when it does not
/// @param notes what else somebody should know, a printable sentence each
public record TaskResult(
        TaskOutcome outcome,
        Instant began,
        Instant ended,
        int commits,
        String stat,
        @Nullable String cost,
        List<String> notes) {
    public TaskResult {
        notes = List.copyOf(notes);
    }
}
