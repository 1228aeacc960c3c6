package keystone.agent.model;

/// How a task ended. What it says may be an agent's words: print them with [Printable].
public sealed interface TaskOutcome {
    /// The agent says that it is through, and the check, if there is one, agrees.
    record Done() implements TaskOutcome {}

    /// It is not done.
    ///
    /// @param why a sentence without a full stop
    record Failed(String why) implements TaskOutcome {}

    /// The agent, or its model, would not do it.
    ///
    /// @param why a sentence without a full stop
    record Refused(String why) implements TaskOutcome {}

    /// Somebody wanted it to end.
    record Cancelled() implements TaskOutcome {}

    default String word() {
        return switch (this) {
            case Done _ -> "done";
            case Failed _ -> "failed";
            case Refused _ -> "refused";
            case Cancelled _ -> "cancelled";
        };
    }

    /// Why; empty when there is nothing to say.
    default String reason() {
        return switch (this) {
            case Failed(String why) -> why;
            case Refused(String why) -> why;
            case Done _, Cancelled _ -> "";
        };
    }

    /// What [#word] and [#reason] said.
    static TaskOutcome of(String word, String reason) {
        return switch (word) {
            case "done" -> new Done();
            case "failed" -> new Failed(reason);
            case "refused" -> new Refused(reason);
            case "cancelled" -> new Cancelled();
            default -> throw new IllegalArgumentException("a task cannot end as " + word);
        };
    }
}
