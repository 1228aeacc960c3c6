package keystone.agent.models;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/// What the model does in one turn.
public sealed interface Step {
    /// Says something, which ends the agent's work.
    record Say(String text) implements Step {}

    /// Calls the agent's own tool for shell commands.
    record Run(String command) implements Step {}

    /// Calls the agent's own tool for questions to the user; says the question where there is none.
    record Ask(String question, List<String> options) implements Step {
        public Ask {
            options = List.copyOf(options);
        }
    }

    /// Answers with an error of HTTP: 401, 429, 529.
    record Fail(int status) implements Step {}

    /// Does something once as many conversations have come to such a step as were to come.
    record Once(CountDownLatch all, Step then) implements Step {}

    /// Says nothing until the agent gives up.
    record Hang() implements Step {}
}
