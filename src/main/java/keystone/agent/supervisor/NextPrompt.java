package keystone.agent.supervisor;

import java.util.Optional;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.TaskOrder;
import keystone.agent.store.TaskDir;
import org.jspecify.annotations.Nullable;

/// What the agent of a task is told when it gets its turn again, and in which session.
///
/// @param session the agent's name of the session to go on with; null for a new one
record NextPrompt(String text, @Nullable String session) {
    private static final String GO_ON = "You were cut off. Go on where you were.";

    /// Of one that was cut off. A script begins anew: it has no session.
    static NextPrompt resuming(TaskDir task) {
        TaskOrder order = task.task().order();
        return session(task)
                .map(earlier -> new NextPrompt(GO_ON, earlier))
                .orElseGet(() -> new NextPrompt(order.prompt(), null));
    }

    /// Of one to which somebody says something more. An agent that was never told what the task is
    /// is told that first.
    static NextPrompt replying(TaskDir task, String more) {
        TaskOrder order = task.task().order();
        if (order.agent() instanceof AgentSpec.Shell) {
            return new NextPrompt(more, null);
        }
        return session(task)
                .map(earlier -> new NextPrompt(more, earlier))
                .orElseGet(() -> new NextPrompt(order.prompt() + "\n\n" + more, null));
    }

    /// One in which it was told something. A task that waited for its turn when its sandbox was
    /// stopped has none, nor has one whose agent did not get as far as its prompt.
    private static Optional<String> session(TaskDir task) {
        return task.wasPrompted() ? task.session() : Optional.empty();
    }
}
