package keystone.agent.sandbox;

import keystone.agent.json.Json;
import keystone.agent.model.TaskEntry;
import keystone.agent.store.UpdateFormat;

/// What happened in a task, as its log has it.
public final class Updates {
    private Updates() {}

    /// In ASCII, so nothing in it can confuse a terminal.
    public static Json.Obj json(TaskEntry entry) {
        return UpdateFormat.write(entry);
    }
}
