package keystone.agent.supervisor;

import java.time.Instant;
import java.util.Optional;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskResult;
import org.jspecify.annotations.Nullable;

/// What a task has come to so far, for when it ends. Thread-safe.
///
/// One that goes on begins with what it had come to before: that is lost neither when it is cut
/// off again, nor when it only waits.
final class TaskAccount {
    private Instant began;
    private Workplace.Harvest harvest;
    private @Nullable String cost;

    /// @param earlier how it ended the last time
    TaskAccount(Instant began, Optional<TaskResult> earlier) {
        this.began = began;
        this.harvest =
                earlier.map(
                                each ->
                                        new Workplace.Harvest(
                                                each.commits(), each.stat(), each.notes()))
                        .orElse(Workplace.Harvest.NONE);
        this.cost = earlier.map(TaskResult::cost).orElse(null);
    }

    synchronized void begins(Instant now) {
        began = now;
    }

    synchronized void costs(String said) {
        cost = said;
    }

    synchronized void yields(Workplace.Harvest now) {
        harvest = now;
    }

    synchronized TaskResult result(TaskOutcome outcome, Instant now) {
        return new TaskResult(
                outcome, began, now, harvest.commits(), harvest.stat(), cost, harvest.notes());
    }
}
