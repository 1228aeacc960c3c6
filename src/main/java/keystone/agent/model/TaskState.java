package keystone.agent.model;

/// What a task is now. Observed: from its outcome when it has one, else from its supervisor.
public sealed interface TaskState {
    /// Others are before it.
    record Queued() implements TaskState {}

    record Running() implements TaskState {}

    /// For an answer.
    record Waiting(TaskQuestion question) implements TaskState {}

    record Ended(TaskOutcome outcome) implements TaskState {}

    /// It has no outcome, and its supervisor is there but does not say.
    record Unknown() implements TaskState {}

    default String word() {
        return switch (this) {
            case Queued _ -> "queued";
            case Running _ -> "running";
            case Waiting _ -> "waiting";
            case Ended(TaskOutcome outcome) -> outcome.word();
            case Unknown _ -> "unknown";
        };
    }
}
