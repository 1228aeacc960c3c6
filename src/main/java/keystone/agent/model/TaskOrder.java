package keystone.agent.model;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What somebody wants an agent to do, and how.
///
/// @param check a command of the guest that decides, when the agent has ended, whether it is done;
///     null for none
public record TaskOrder(
        AgentSpec agent,
        String prompt,
        Where where,
        Permissions permissions,
        Limits limits,
        @Nullable String check,
        TaskExtras extras) {
    /// Where the agent works.
    public enum Where {
        /// In a worktree of its own.
        WORKTREE("worktree"),
        /// In a worktree, with what is not committed in the project.
        WORKTREE_WITH_CHANGES("with-changes"),
        /// In the workspace.
        HERE("here");

        private final String word;

        Where(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        public static Where parse(String word) {
            for (Where each : values()) {
                if (each.word.equals(word)) {
                    return each;
                }
            }
            throw new IllegalArgumentException("a task cannot be " + word);
        }
    }

    /// What becomes of an agent's wish to be permitted something.
    public enum Permissions {
        /// It is in a sandbox.
        ALLOW,
        ASK
    }

    /// What ends it, or makes somebody look.
    ///
    /// @param timeout how long it may work; null for as long as it likes
    /// @param stall how long it may be silent before somebody is told
    /// @param budget in US dollars, where the agent says what it costs; null for no limit
    public record Limits(@Nullable Duration timeout, Duration stall, @Nullable BigDecimal budget) {
        /// Long enough for a model that thinks, short enough to notice one that does not answer.
        public static final Duration USUAL_STALL = Duration.ofMinutes(10);

        public static final Limits USUAL = new Limits(null, USUAL_STALL, null);

        /// Whether that is more than it may cost.
        ///
        /// @param cost as an agent says it, such as `0.02 USD`
        public boolean isOver(String cost) {
            return budget != null
                    && cost.endsWith(" USD")
                    && new BigDecimal(cost.substring(0, cost.indexOf(' '))).compareTo(budget) > 0;
        }

        public Limits {
            if (timeout != null && !timeout.isPositive()) {
                throw UserError.usage(
                        "--timeout must be more than 0", "give it longer, or leave --timeout out");
            }
            if (budget != null && budget.signum() <= 0) {
                throw UserError.usage(
                        "--budget must be more than 0",
                        "give it a budget above 0, or leave --budget out");
            }
        }
    }

    /// Bash gets a script as one argument (`MAX_ARG_STRLEN`, execve(2)).
    private static final int LONGEST_SCRIPT = 100 << 10;

    private static final int LONGEST_PROMPT = 1 << 20;

    public TaskOrder {
        if (prompt.isBlank()) {
            throw UserError.usage(
                    "the prompt is empty", "keystone-agent task run --agent shell 'make test'");
        }
        int longest = agent instanceof AgentSpec.Shell ? LONGEST_SCRIPT : LONGEST_PROMPT;
        if (prompt.getBytes(StandardCharsets.UTF_8).length > longest || prompt.indexOf('\0') >= 0) {
            throw UserError.usage(
                    "the prompt has more than %d KiB, or a NUL byte".formatted(longest >> 10),
                    "put long text into a file of the project, and name the file");
        }
    }

    public TaskOrder with(TaskExtras others) {
        return new TaskOrder(agent, prompt, where, permissions, limits, check, others);
    }

    /// This order with another prompt.
    public TaskOrder withPrompt(String other) {
        return new TaskOrder(agent, other, where, permissions, limits, check, extras);
    }
}
