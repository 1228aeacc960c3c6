package keystone.agent.store;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.AgentSpec.Modes;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Limits;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskResult;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Tasks, orders and results as JSON: the files of a task, and the control socket's requests.
public final class TaskFormat {
    private TaskFormat() {}

    public static Json.Obj write(TaskOrder order) {
        Limits limits = order.limits();
        Duration timeout = limits.timeout();
        BigDecimal budget = limits.budget();
        return Json.object()
                .with("agent", agent(order.agent()))
                .with("prompt", order.prompt())
                .with("where", order.where().word())
                .with("ask", order.permissions() == Permissions.ASK)
                .with("timeoutSeconds", timeout == null ? null : Json.number(timeout.toSeconds()))
                .with("stallSeconds", limits.stall().toSeconds())
                .with("budget", budget == null ? null : budget.toPlainString())
                .with("check", order.check())
                .with("model", order.extras().model())
                .with("staged", order.extras().staged())
                .with("copies", Json.array(order.extras().copies(), Json::string))
                .with("notices", order.extras().notices().word());
    }

    public static TaskOrder readOrder(Json.Obj json) {
        Long timeout = json.numberOrNull("timeoutSeconds");
        String budget = json.stringOrNull("budget");
        return new TaskOrder(
                agent(json.object("agent")),
                json.string("prompt"),
                Where.parse(json.string("where")),
                json.bool("ask") ? Permissions.ASK : Permissions.ALLOW,
                new Limits(
                        timeout == null ? null : Duration.ofSeconds(timeout),
                        Duration.ofSeconds(json.number("stallSeconds")),
                        budget == null ? null : new BigDecimal(budget)),
                json.stringOrNull("check"),
                extras(json));
    }

    /// Not there in what an earlier version wrote.
    private static TaskExtras extras(Json.Obj json) {
        return json.get("notices") == null
                ? TaskExtras.NONE
                : new TaskExtras(
                        json.stringOrNull("model"),
                        json.stringOrNull("staged"),
                        strings(json, "copies"),
                        TaskExtras.Notices.parse(json.string("notices")));
    }

    private static Json.Obj agent(AgentSpec agent) {
        Json.Obj json = Json.object().with("name", agent.name().value());
        if (!(agent instanceof AgentSpec.Acp acp)) {
            return json;
        }
        Modes modes = acp.modes();
        return json.with("command", Json.array(acp.command(), Json::string))
                .with("environment", strings(acp.environment()))
                .with("freeMode", modes == null ? null : modes.free())
                .with("askingMode", modes == null ? null : modes.asking())
                .with("origin", acp.origin().name())
                .with("credentials", Json.array(acp.credentials(), Json::string));
    }

    private static AgentSpec agent(Json.Obj json) {
        if (json.get("command") == null) {
            return new AgentSpec.Shell();
        }
        String free = json.stringOrNull("freeMode");
        return new AgentSpec.Acp(
                new AgentName(json.string("name")),
                strings(json, "command"),
                strings(json.object("environment")),
                free == null ? null : new Modes(free, json.string("askingMode")),
                AgentSpec.Origin.valueOf(json.string("origin")),
                strings(json, "credentials"));
    }

    public static Json.Obj write(TaskAnswer answer) {
        return Json.object()
                .with("question", answer.question())
                .with("accept", answer.decision() == TaskAnswer.Decision.ACCEPT)
                .with("values", strings(answer.values()));
    }

    public static TaskAnswer readAnswer(Json.Obj json) {
        return new TaskAnswer(
                json.string("question"),
                json.bool("accept") ? TaskAnswer.Decision.ACCEPT : TaskAnswer.Decision.DECLINE,
                strings(json.object("values")));
    }

    static Json.Obj write(Task task) {
        return Format.TASK.mark(
                Json.object()
                        .with("id", task.id().value())
                        .with("sandbox", task.sandbox().value())
                        .with("order", write(task.order()))
                        .with("branch", task.branch())
                        .with("base", task.base())
                        .with("directory", task.directory())
                        .with("asked", task.asked().toString()));
    }

    /// @throws UserError when a later program wrote it
    static Task readTask(Json.Obj json) {
        Format.TASK.require(json, "the task");
        return new Task(
                new TaskId(json.string("id")),
                new SandboxName(json.string("sandbox")),
                readOrder(json.object("order")),
                json.stringOrNull("branch"),
                json.stringOrNull("base"),
                json.string("directory"),
                Instant.parse(json.string("asked")));
    }

    static Json.Obj write(TaskResult result) {
        return Json.object()
                .with("outcome", result.outcome().word())
                .with("reason", result.outcome().reason())
                .with("began", result.began().toString())
                .with("ended", result.ended().toString())
                .with("commits", result.commits())
                .with("stat", result.stat())
                .with("cost", result.cost())
                .with("notes", Json.array(result.notes(), Json::string));
    }

    static TaskResult readResult(Json.Obj json) {
        return new TaskResult(
                TaskOutcome.of(json.string("outcome"), json.string("reason")),
                Instant.parse(json.string("began")),
                Instant.parse(json.string("ended")),
                Math.toIntExact(json.number("commits")),
                json.string("stat"),
                json.stringOrNull("cost"),
                strings(json, "notes"));
    }

    /// What is read; null when it is damaged.
    static <T> @Nullable T understood(String text, Function<Json.Obj, T> reading) {
        try {
            return reading.apply(Json.parse(text).asObject());
        } catch (JsonException | IllegalArgumentException | DateTimeException | UserError damaged) {
            return null;
        }
    }

    private static List<String> strings(Json.Obj json, String name) {
        return json.array(name).stream().map(each -> each.asString(name)).toList();
    }

    private static Json.Obj strings(Map<String, String> map) {
        Json.Obj json = Json.object();
        map.forEach(json::with);
        return json;
    }

    private static Map<String, String> strings(Json.Obj json) {
        var map = new TreeMap<String, String>();
        json.members().forEach((name, value) -> map.put(name, value.asString(name)));
        return map;
    }
}
