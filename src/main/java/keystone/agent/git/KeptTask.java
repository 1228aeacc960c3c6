package keystone.agent.git;

import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskId;

/// What is kept of a task in a project's repository, whatever becomes of its guest.
///
/// @param commit hexadecimal
public record KeptTask(SandboxName sandbox, TaskId task, String commit) {
    /// The ref that keeps it.
    public String ref() {
        return RefReader.tasks(sandbox) + task;
    }
}
