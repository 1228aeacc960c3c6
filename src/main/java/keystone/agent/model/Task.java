package keystone.agent.model;

import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One prompt to one agent, with what it was answered and told further.
///
/// @param branch on which the agent works; null where it works on what is checked out
/// @param base the commit from which the branch begins, hexadecimal; null as `branch`
/// @param directory where the agent works, in the guest
public record Task(
        TaskId id,
        SandboxName sandbox,
        TaskOrder order,
        @Nullable String branch,
        @Nullable String base,
        String directory,
        Instant asked) {
    private static final Pattern OTHER = Pattern.compile("[^a-z0-9]+");
    private static final int LONGEST_SLUG = 32;

    /// In a worktree of its own.
    public static Task apart(
            TaskId id, SandboxName sandbox, TaskOrder order, String base, Instant asked) {
        return new Task(
                id, sandbox, order, branch(id, order.prompt()), base, "/worktrees/" + id, asked);
    }

    /// In the workspace.
    public static Task here(TaskId id, SandboxName sandbox, TaskOrder order, Instant asked) {
        return new Task(id, sandbox, order, null, null, SandboxSpec.WORKSPACE, asked);
    }

    /// A name that says what it is about, of plain characters.
    private static String branch(TaskId id, String prompt) {
        String start = prompt.substring(0, Math.min(prompt.length(), 4 * LONGEST_SLUG));
        String words = OTHER.matcher(start.toLowerCase(Locale.ROOT)).replaceAll("-");
        String cut = words.substring(0, Math.min(words.length(), LONGEST_SLUG));
        String slug = cut.replaceAll("^-+|-+$", "");
        return "task/" + id + (slug.isEmpty() ? "" : "-" + slug);
    }
}
