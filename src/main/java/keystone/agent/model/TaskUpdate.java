package keystone.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that happened in a task. Texts are an agent's words, or come from the guest: print
/// them with [Printable].
public sealed interface TaskUpdate {
    /// Changes whether it goes on, or what it waits for.
    sealed interface Milestone extends TaskUpdate {}

    /// What happens while it goes on.
    sealed interface Detail extends TaskUpdate {}

    /// The agent was told something.
    record Prompted(String text) implements Detail {}

    /// A piece of what the agent says; pieces follow each other without anything between them.
    record Said(String text) implements Detail {}

    /// A piece of what it thinks.
    record Thought(String text) implements Detail {}

    /// A piece of what a command printed.
    record Output(String text) implements Detail {}

    /// A tool that the agent uses, as far as it is known; with the id of an earlier one, what is
    /// new of that. Null where nothing is said.
    ///
    /// @param status `pending`, `in_progress`, `completed` or `failed`
    /// @param detail such as its output
    record Tool(
            String id,
            @Nullable String title,
            @Nullable String kind,
            @Nullable String status,
            @Nullable String detail)
            implements Detail {}

    /// What the agent means to do; replaces the one before.
    record Plan(List<Step> steps) implements Detail {
        public Plan {
            steps = List.copyOf(steps);
        }
    }

    /// One thing of a plan.
    record Step(String text, String status) {}

    /// What was used so far, as the agent says.
    ///
    /// @param tokens in its context
    /// @param cost such as `0.02 USD`; null when it does not say
    record Usage(long tokens, @Nullable String cost) implements Detail {}

    record Asked(TaskQuestion question) implements Milestone {}

    /// A question is open no longer.
    ///
    /// @param answer in a few words
    record Answered(String question, String answer) implements Milestone {
        private static final String NOBODY = "nobody";

        /// It was closed without an answer, as the agent was about to end.
        public static Answered byNobody(String question) {
            return new Answered(question, NOBODY);
        }

        /// Whether nobody answered; also when somebody answered with that very word.
        public boolean isByNobody() {
            return answer.equals(NOBODY);
        }
    }

    /// The agent's own name of the session, by which it is found again.
    record Session(String id) implements Detail {}

    /// The guest's exit was asked for a host, for the first time in this task. By whom in the guest
    /// is not known: tasks share the exit.
    record Contacted(HostContact contact) implements Detail {}

    /// Something of ours that somebody should know.
    record Note(String text) implements Detail {}

    /// It is its turn.
    record Began() implements Milestone {}

    record Ended(TaskOutcome outcome) implements Milestone {}
}
