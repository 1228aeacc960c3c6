package keystone.agent.cli;

import java.time.Instant;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.HostContact;
import keystone.agent.model.Task;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskState;
import keystone.agent.sandbox.TaskView;
import org.jspecify.annotations.Nullable;

/// A task as `--json` shows it. Members are added, never renamed.
final class TaskJson {
    private TaskJson() {}

    static Json.Obj of(TaskView seen) {
        Task task = seen.task();
        TaskResult result = seen.result();
        Instant ended = result == null ? null : result.ended();
        return Json.object()
                .with("id", task.id().value())
                .with("sandbox", task.sandbox().value())
                .with("agent", task.order().agent().name().value())
                .with("state", seen.state().word())
                .with("prompt", task.order().prompt())
                .with("branch", task.branch())
                .with("directory", task.directory())
                .with("startedAt", (result == null ? task.asked() : result.began()).toString())
                .with("endedAt", ended == null ? null : ended.toString())
                .with("question", question(seen.state()))
                .with("problem", problem(seen.state()))
                .with("commits", result == null ? 0 : result.commits())
                .with("stat", result == null ? null : result.stat())
                .with("cost", result == null ? null : result.cost())
                .with("settled", seen.settled().isEmpty() ? null : seen.settled());
    }

    /// With what the guest asked its exit for while it worked.
    static Json.Obj of(TaskView seen, List<HostContact> hosts) {
        return of(seen).with("hosts", Json.array(hosts, TaskJson::host));
    }

    private static Json host(HostContact contact) {
        Integer port = contact.port();
        return Json.object()
                .with("host", contact.host())
                .with("port", port == null ? null : Json.number(port))
                .with("verdict", contact.verdict());
    }

    private static @Nullable String question(TaskState state) {
        return state instanceof TaskState.Waiting(TaskQuestion question) ? question.text() : null;
    }

    private static @Nullable String problem(TaskState state) {
        return state instanceof TaskState.Ended(TaskOutcome outcome) && !outcome.reason().isEmpty()
                ? outcome.reason()
                : null;
    }
}
