package keystone.agent.supervisor;

import java.util.Optional;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Task;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskState;
import keystone.agent.store.TaskDir;
import org.jspecify.annotations.Nullable;

/// What the agent of a task is told when it gets its turn again, and in which session.
///
/// @param session the agent's name of the session to go on with; null for a new one
record NextPrompt(String text, @Nullable String session) {
    private static final String GO_ON = "You were cut off. Go on where you were.";

    /// Instead of the answer to a question that somebody would rather not answer.
    static final String NO_ANSWER = "There is no answer to that. Go on without one.";

    /// Of one that was cut off. A script begins anew: it has no session.
    static NextPrompt resuming(Task task, TaskDir files) {
        TaskOrder order = task.order();
        return session(files)
                .map(earlier -> new NextPrompt(GO_ON, earlier))
                .orElseGet(() -> new NextPrompt(order.prompt(), null));
    }

    /// Of one to which somebody says something more. An agent that was never told what the task is
    /// is told that first.
    static NextPrompt replying(Task task, TaskDir files, String more) {
        TaskOrder order = task.order();
        if (order.agent() instanceof AgentSpec.Shell) {
            return new NextPrompt(more, null);
        }
        return session(files)
                .map(earlier -> new NextPrompt(more, earlier))
                .orElseGet(() -> new NextPrompt(order.prompt() + "\n\n" + more, null));
    }

    /// What is said of a task that ends with its sandbox though no agent of it is cut off: its work
    /// is home, or was not begun.
    static String advice(TaskId id, TaskState state) {
        return switch (state) {
            case TaskState.Waiting _ ->
                    " before somebody answered; answer now: keystone-agent task reply "
                            + id
                            + " ANSWER";
            case TaskState.Queued _ ->
                    " before it was its turn; once it runs: keystone-agent task resume " + id;
            case TaskState.Running _, TaskState.Ended _, TaskState.Unknown _ -> "";
        };
    }

    /// One in which it was told something. A task that waited for its turn when its sandbox was
    /// stopped has none, nor has one whose agent did not get as far as its prompt.
    private static Optional<String> session(TaskDir files) {
        return files.wasPrompted() ? files.session() : Optional.empty();
    }
}
