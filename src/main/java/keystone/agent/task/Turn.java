package keystone.agent.task;

/// What came of one prompt. What it says is the agent's words.
sealed interface Turn {
    /// The agent is through with it.
    ///
    /// @param question what it wants to know before it goes on; empty when nothing
    record Through(String question) implements Turn {}

    record Failed(String why) implements Turn {}

    record Refused(String why) implements Turn {}

    record Cancelled() implements Turn {}
}
