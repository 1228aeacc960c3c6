package keystone.agent.sandbox;

import keystone.agent.model.Task;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskState;
import org.jspecify.annotations.Nullable;

/// A task, as it was seen just now.
///
/// @param result null until it has ended, and where nobody was left to write it down
/// @param settled `accepted` or `rejected`; empty when nobody has decided
public record TaskView(Task task, TaskState state, @Nullable TaskResult result, String settled) {}
