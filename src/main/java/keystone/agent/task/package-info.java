/// One prompt to one agent: speaks with the agent, answers what it asks, notices when it is silent.
///
/// Start reading at [keystone.agent.task.TaskRunner]. It is told how to start a program and where
/// to put what happens, so it knows neither guests nor files. May use `model`, `process`, `json`
/// and `jsonrpc`.
@NullMarked
package keystone.agent.task;

import org.jspecify.annotations.NullMarked;
