package keystone.agent.supervisor;

import java.util.LinkedHashMap;
import java.util.Map;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskState;
import keystone.agent.store.UpdateFormat;

/// A supervisor's answer to `task-list`.
final class TaskStates {
    private TaskStates() {}

    static Map<TaskId, TaskState> read(Json.Obj answer) {
        var states = new LinkedHashMap<TaskId, TaskState>();
        for (Json each : answer.array("tasks")) {
            Json.Obj task = each.asObject();
            states.put(new TaskId(task.string("id")), state(task));
        }
        return states;
    }

    private static TaskState state(Json.Obj task) {
        String word = task.string("state");
        return switch (word) {
            case "queued" -> new TaskState.Queued();
            case "running" -> new TaskState.Running();
            case "waiting" ->
                    new TaskState.Waiting(UpdateFormat.readQuestion(task.object("question")));
            default -> throw new JsonException("a task at work cannot be `" + word + "`");
        };
    }
}
