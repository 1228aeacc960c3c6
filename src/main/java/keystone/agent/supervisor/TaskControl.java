package keystone.agent.supervisor;

import java.util.function.Supplier;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.Task;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskState;
import keystone.agent.model.UserError;
import keystone.agent.store.TaskFormat;
import keystone.agent.store.UpdateFormat;

/// What the control socket is asked of tasks, see [Methods]; hands on everything else.
///
/// @param tasks throws where there is no guest
record TaskControl(Control rest, Supplier<Tasks> tasks) implements Peer.Handler {
    @Override
    public Json request(Peer from, String method, Json.Obj params)
            throws RpcError, InterruptedException {
        return method.startsWith("task-")
                ? task(method, params)
                : rest.request(from, method, params);
    }

    @Override
    public void notification(String method, Json.Obj params) {
        rest.notification(method, params);
    }

    private Json task(String method, Json.Obj params) throws RpcError, InterruptedException {
        try {
            return switch (method) {
                case Methods.TASK_SUBMIT ->
                        submitted(tasks.get().submit(TaskFormat.readOrder(params)));
                case Methods.TASK_LIST -> list();
                case Methods.TASK_ANSWER -> {
                    tasks.get().answer(id(params), TaskFormat.readAnswer(params.object("answer")));
                    yield Json.object();
                }
                case Methods.TASK_REPLY -> {
                    tasks.get().reply(id(params), params.string("prompt"));
                    yield Json.object();
                }
                case Methods.TASK_RESUME -> {
                    tasks.get().resume(id(params));
                    yield Json.object();
                }
                case Methods.TASK_CANCEL -> {
                    tasks.get().cancel(id(params));
                    yield Json.object();
                }
                default -> throw RpcError.methodNotFound(method);
            };
        } catch (UserError error) {
            throw rest.asRpcError(error);
        }
    }

    private static TaskId id(Json.Obj params) {
        return new TaskId(params.string("id"));
    }

    private static Json submitted(Task task) {
        return Json.object().with("id", task.id().value()).with("branch", task.branch());
    }

    private Json list() {
        return Json.object()
                .with(
                        "tasks",
                        Json.array(
                                tasks.get().states().entrySet(),
                                each -> state(each.getKey(), each.getValue())));
    }

    private static Json.Obj state(TaskId id, TaskState state) {
        Json.Obj json = Json.object().with("id", id.value()).with("state", state.word());
        return state instanceof TaskState.Waiting(var question)
                ? json.with("question", UpdateFormat.write(question))
                : json;
    }
}
