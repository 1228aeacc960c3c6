package keystone.agent.task;

import java.util.Optional;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskUpdate;

/// Who hears of what an agent does.
interface AgentListener {
    void update(TaskUpdate update);

    /// Waits for somebody's answer.
    ///
    /// @return empty when nobody will give one
    Optional<TaskAnswer> ask(TaskQuestion question) throws InterruptedException;
}
