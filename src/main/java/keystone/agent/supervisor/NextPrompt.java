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

    /// Of one that was cut off while it waited: its form is closed.
    private static final String ASK_AGAIN =
            " If a question of yours was not answered, ask it again.";

    /// Instead of the answer to a question that somebody would rather not answer.
    static final String NO_ANSWER = "There is no answer to that. Go on without one.";

    /// Lets one go on that was cut off. A script begins anew: it has no session.
    static NextPrompt resuming(Task task, TaskDir files) {
        TaskOrder order = task.order();
        return session(files)
                .map(
                        earlier ->
                                new NextPrompt(
                                        files.unanswered().isEmpty() ? GO_ON : GO_ON + ASK_AGAIN,
                                        earlier))
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

    /// What is said of a task that ends with its sandbox: how it goes on.
    static String advice(TaskId id, TaskState state) {
        return switch (state) {
            case TaskState.Waiting _ ->
                    " before somebody answered; to be asked again: keystone-agent task resume "
                            + id;
            case TaskState.Queued _ ->
                    " before it was its turn; to go on: keystone-agent task resume " + id;
            case TaskState.Running _ -> "; to go on: keystone-agent task resume " + id;
            case TaskState.Ended _, TaskState.Unknown _ -> "";
        };
    }

    /// One in which it was told something. A task that waited for its turn when its sandbox was
    /// stopped has none, nor has one whose agent did not get as far as its prompt.
    private static Optional<String> session(TaskDir files) {
        return files.wasPrompted() ? files.session() : Optional.empty();
    }
}
