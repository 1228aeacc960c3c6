package keystone.agent.task;

import java.util.Set;
import keystone.agent.json.Json;
import keystone.agent.model.TaskUpdate;

/// What was seen of one turn beside its end, as an agent may say that it is through when it failed,
/// or wants to know something. Thread-safe.
final class TurnWatch {
    private static final Set<String> HARMLESS = Set.of("read", "search", "think", "fetch");
    private static final int MOST_KEPT = 4_000;

    private final StringBuilder text = new StringBuilder();
    private boolean changes;
    private String trouble = "";
    private boolean inTrouble;

    /// Another turn begins.
    synchronized void begin() {
        text.setLength(0);
        changes = false;
        trouble = "";
        inTrouble = false;
    }

    synchronized void heard(Json.Obj raw, TaskUpdate update) {
        switch (update) {
            case TaskUpdate.Said(String piece) -> {
                text.append(piece);
                text.delete(0, Math.max(0, text.length() - MOST_KEPT));
            }
            case TaskUpdate.Tool tool -> changes |= mayChange(tool);
            case TaskUpdate.Note(String note) -> trouble = note;
            case TaskUpdate.Prompted _,
                    TaskUpdate.Thought _,
                    TaskUpdate.Output _,
                    TaskUpdate.Plan _,
                    TaskUpdate.Usage _,
                    TaskUpdate.Asked _,
                    TaskUpdate.Answered _,
                    TaskUpdate.Session _,
                    TaskUpdate.Contacted _,
                    TaskUpdate.Began _,
                    TaskUpdate.Ended _ -> {
                // Says nothing about how the turn ends.
            }
        }
        status(raw);
    }

    /// What has no words of ours may still tell of trouble: Codex does so.
    synchronized void status(Json.Obj raw) {
        String type = Members.text(Members.object(raw, "_meta", "codex", "threadStatus"), "type");
        if (!type.isEmpty()) {
            // It goes to `idle` only when all is well.
            inTrouble = type.equals("systemError") || (inTrouble && type.equals("idle"));
        }
    }

    private static boolean mayChange(TaskUpdate.Tool tool) {
        String kind = tool.kind();
        return kind == null || !HARMLESS.contains(kind);
    }

    /// The end, as the agent tells of it.
    synchronized Turn end(Json.Obj result, boolean cancelled) {
        String reason = Members.text(result, "stopReason");
        if (cancelled) {
            return new Turn.Cancelled();
        }
        Json.Obj failure = Members.object(result, "_meta", "jetbrains", "air", "sessionFailure");
        if (!failure.members().isEmpty()) {
            // Codex and Claude Code say why in the title.
            String title = Members.text(failure, "title");
            return new Turn.Failed(title.isEmpty() ? trouble() : Members.cut(title, 2_000));
        }
        return switch (reason) {
            case "end_turn" ->
                    inTrouble ? new Turn.Failed(trouble()) : new Turn.Through(question());
            case "refusal" -> new Turn.Refused(lastLine("the model refused"));
            case "max_tokens" ->
                    new Turn.Failed("the model's answer was cut off: it is too long for it");
            case "max_turn_requests" -> new Turn.Failed("the agent reached its limit of requests");
            case "cancelled" -> new Turn.Failed("the agent stopped before it was through");
            default ->
                    new Turn.Failed(
                            "the agent ended its turn with `" + Members.cut(reason, 200) + "`");
        };
    }

    private String trouble() {
        return lastLine(trouble.isEmpty() ? "the agent reports an error" : trouble);
    }

    private String lastLine(String otherwise) {
        String said = text.toString().strip();
        return said.isEmpty() ? otherwise : said.substring(said.lastIndexOf('\n') + 1);
    }

    /// The question of an agent that has no other way to ask.
    private String question() {
        String said = text.toString().strip();
        if (changes || !said.endsWith("?")) {
            return "";
        }
        return said.substring(Math.max(0, said.lastIndexOf("\n\n") + 1)).strip();
    }
}
