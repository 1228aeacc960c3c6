package keystone.agent.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import keystone.agent.json.Json;
import keystone.agent.model.HostContact;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskUpdate;
import keystone.agent.sandbox.TaskView;
import keystone.agent.sandbox.Updates;

/// One JSON object a line; the first says which version of them.
final class TaskJsonPrinter implements TaskPrinter {
    private static final int VERSION = 1;

    private final Call call;
    private final Set<HostContact> hosts = new LinkedHashSet<>();

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
        if (entry.update() instanceof TaskUpdate.Contacted(HostContact contact)) {
            hosts.add(contact);
        }
        line(Updates.json(entry));
    }

    @Override
    public void end(TaskView seen) {
        line(TaskJson.of(seen, List.copyOf(hosts)).with("kind", "result"));
    }

    @Override
    public void breakLine() {}
}
