package keystone.agent.cli;

import keystone.agent.model.TaskEntry;
import keystone.agent.sandbox.TaskView;

/// Shows what happens in a task.
interface TaskPrinter {
    void print(TaskEntry entry);

    /// It has ended.
    void end(TaskView seen);

    /// What follows begins on a line of its own.
    void breakLine();
}
