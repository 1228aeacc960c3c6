package keystone.agent.store;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import keystone.agent.json.Json;
import keystone.agent.model.HostContact;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Kind;
import keystone.agent.model.TaskQuestion.Need;
import keystone.agent.model.TaskUpdate;
import org.jspecify.annotations.Nullable;

/// The lines of a task's log, which `--json` shows as they are. Members are added, never renamed.
public final class UpdateFormat {
    private UpdateFormat() {}

    public static Json.Obj write(TaskEntry entry) {
        Json.Obj json = Json.object().with("n", entry.number()).with("at", entry.at().toString());
        return switch (entry.update()) {
            case TaskUpdate.Prompted(String text) -> text(json, "prompt", text);
            case TaskUpdate.Said(String text) -> text(json, "said", text);
            case TaskUpdate.Thought(String text) -> text(json, "thought", text);
            case TaskUpdate.Output(String text) -> text(json, "output", text);
            case TaskUpdate.Note(String text) -> text(json, "note", text);
            case TaskUpdate.Tool tool -> tool(json.with("kind", "tool"), tool);
            case TaskUpdate.Plan(List<TaskUpdate.Step> steps) ->
                    json.with("kind", "plan").with("steps", Json.array(steps, UpdateFormat::step));
            case TaskUpdate.Usage(long tokens, String cost) ->
                    json.with("kind", "usage").with("tokens", tokens).with("cost", cost);
            case TaskUpdate.Asked(TaskQuestion question) ->
                    json.with("kind", "asked").with("question", write(question));
            case TaskUpdate.Answered(String question, String answer) ->
                    json.with("kind", "answered").with("question", question).with("answer", answer);
            case TaskUpdate.Session(String id) -> json.with("kind", "session").with("id", id);
            case TaskUpdate.Contacted(HostContact contact) ->
                    contact(json.with("kind", "contacted"), contact);
            case TaskUpdate.Began _ -> json.with("kind", "began");
            case TaskUpdate.Ended(TaskOutcome outcome) ->
                    json.with("kind", "ended")
                            .with("outcome", outcome.word())
                            .with("reason", outcome.reason());
        };
    }

    private static Json.Obj text(Json.Obj json, String kind, String text) {
        return json.with("kind", kind).with("text", text);
    }

    private static Json.Obj tool(Json.Obj json, TaskUpdate.Tool tool) {
        return json.with("id", tool.id())
                .with("title", tool.title())
                .with("tool", tool.kind())
                .with("status", tool.status())
                .with("detail", tool.detail());
    }

    private static Json.Obj contact(Json.Obj json, HostContact contact) {
        Integer port = contact.port();
        return json.with("host", contact.host())
                .with("port", port == null ? null : Json.number(port))
                .with("verdict", contact.verdict());
    }

    private static HostContact readContact(Json.Obj json) {
        Long port = json.numberOrNull("port");
        return new HostContact(
                json.string("host"),
                port == null ? null : Math.toIntExact(port),
                json.string("verdict"));
    }

    private static Json step(TaskUpdate.Step step) {
        return Json.object().with("text", step.text()).with("status", step.status());
    }

    public static Json.Obj write(TaskQuestion question) {
        return Json.object()
                .with("id", question.id())
                .with("text", question.text())
                .with("fields", Json.array(question.fields(), UpdateFormat::field));
    }

    private static Json field(Field field) {
        return Json.object()
                .with("name", field.name())
                .with("title", field.title())
                .with("kind", field.kind().name().toLowerCase(Locale.ROOT))
                .with("required", field.need() == Need.REQUIRED)
                .with("choices", Json.array(field.choices(), UpdateFormat::choice));
    }

    private static Json choice(Choice choice) {
        return Json.object()
                .with("value", choice.value())
                .with("title", choice.title())
                .with("description", choice.description());
    }

    /// Null when the line is none of ours.
    public static @Nullable TaskEntry read(String line) {
        return TaskFormat.understood(line, UpdateFormat::read);
    }

    private static TaskEntry read(Json.Obj json) {
        return new TaskEntry(json.number("n"), Instant.parse(json.string("at")), update(json));
    }

    private static TaskUpdate update(Json.Obj json) {
        String kind = json.string("kind");
        return switch (kind) {
            case "prompt" -> new TaskUpdate.Prompted(json.string("text"));
            case "said" -> new TaskUpdate.Said(json.string("text"));
            case "thought" -> new TaskUpdate.Thought(json.string("text"));
            case "output" -> new TaskUpdate.Output(json.string("text"));
            case "note" -> new TaskUpdate.Note(json.string("text"));
            case "tool" ->
                    new TaskUpdate.Tool(
                            json.string("id"),
                            json.stringOrNull("title"),
                            json.stringOrNull("tool"),
                            json.stringOrNull("status"),
                            json.stringOrNull("detail"));
            case "plan" ->
                    new TaskUpdate.Plan(
                            json.array("steps").stream()
                                    .map(Json::asObject)
                                    .map(UpdateFormat::readStep)
                                    .toList());
            case "usage" -> new TaskUpdate.Usage(json.number("tokens"), json.stringOrNull("cost"));
            case "asked" -> new TaskUpdate.Asked(readQuestion(json.object("question")));
            case "answered" ->
                    new TaskUpdate.Answered(json.string("question"), json.string("answer"));
            case "session" -> new TaskUpdate.Session(json.string("id"));
            case "contacted" -> new TaskUpdate.Contacted(readContact(json));
            case "began" -> new TaskUpdate.Began();
            case "ended" ->
                    new TaskUpdate.Ended(
                            TaskOutcome.of(json.string("outcome"), json.string("reason")));
            // Of a newer version.
            default -> new TaskUpdate.Note("(" + kind + ")");
        };
    }

    private static TaskUpdate.Step readStep(Json.Obj json) {
        return new TaskUpdate.Step(json.string("text"), json.string("status"));
    }

    public static TaskQuestion readQuestion(Json.Obj json) {
        return new TaskQuestion(
                json.string("id"),
                json.string("text"),
                json.array("fields").stream()
                        .map(Json::asObject)
                        .map(UpdateFormat::readField)
                        .toList());
    }

    private static Field readField(Json.Obj json) {
        return new Field(
                json.string("name"),
                json.string("title"),
                Kind.valueOf(json.string("kind").toUpperCase(Locale.ROOT)),
                json.array("choices").stream()
                        .map(Json::asObject)
                        .map(UpdateFormat::readChoice)
                        .toList(),
                json.bool("required") ? Need.REQUIRED : Need.OPTIONAL);
    }

    private static Choice readChoice(Json.Obj json) {
        return new Choice(json.string("value"), json.string("title"), json.string("description"));
    }
}
