package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.model.TaskEntry;
import keystone.agent.sandbox.TaskView;
import keystone.agent.sandbox.Updates;

/// One JSON object a line; the first says which version of them.
final class TaskJsonPrinter implements TaskPrinter {
    private static final int VERSION = 1;

    private final Call call;

    TaskJsonPrinter(Call call) {
        this.call = call;
        line(Json.object().with("kind", "schema").with("version", VERSION));
    }

    private void line(Json json) {
        call.out().println(json.compact());
        call.out().flush();
    }

    @Override
    public void print(TaskEntry entry) {
        line(Updates.json(entry));
    }

    @Override
    public void end(TaskView seen) {
        line(TaskJson.of(seen).with("kind", "result"));
    }

    @Override
    public void breakLine() {}
}
