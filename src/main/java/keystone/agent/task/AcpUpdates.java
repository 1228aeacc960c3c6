package keystone.agent.task;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.model.TaskUpdate;
import org.jspecify.annotations.Nullable;

/// What an agent's `session/update` says, in our words. What is unknown says nothing.
final class AcpUpdates {
    private static final int LONGEST_TITLE = 2_000;
    private static final int LONGEST_DETAIL = 8 << 10;
    private static final int MOST_STEPS = 100;

    private AcpUpdates() {}

    static Optional<TaskUpdate> of(Json.Obj update) {
        return switch (Members.text(update, "sessionUpdate")) {
            case "agent_message_chunk" -> said(update);
            case "agent_thought_chunk" -> content(update).map(TaskUpdate.Thought::new);
            case "tool_call", "tool_call_update" -> tool(update);
            case "plan" -> Optional.of(plan(update));
            case "usage_update" -> usage(update);
            case "session_info_update" -> trouble(update);
            default -> Optional.empty();
        };
    }

    /// A warning of the agent's program is not what the agent says.
    private static Optional<TaskUpdate> said(Json.Obj update) {
        boolean isRemark =
                Members.text(Members.object(update, "_meta", "claudeCode"), "kind")
                        .equals("informational");
        return content(update)
                .map(text -> isRemark ? new TaskUpdate.Note(text) : new TaskUpdate.Said(text));
    }

    private static Optional<String> content(Json.Obj update) {
        Json.Obj content = Members.object(update, "content");
        String type = Members.text(content, "type");
        if (type.equals("text")) {
            return Optional.of(Members.text(content, "text"));
        }
        return type.isEmpty() ? Optional.empty() : Optional.of("(" + Members.cut(type, 20) + ")");
    }

    /// Also of a request for permission, which may be the first that is heard of a tool.
    static Optional<TaskUpdate> tool(Json.Obj call) {
        String id = Members.text(call, "toolCallId");
        if (id.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new TaskUpdate.Tool(
                        Members.cut(id, LONGEST_TITLE),
                        title(call),
                        Members.textOrNull(call, "kind"),
                        Members.textOrNull(call, "status"),
                        detail(call)));
    }

    /// With the command, where the title does not say it.
    private static @Nullable String title(Json.Obj call) {
        String title = Members.textOrNull(call, "title");
        String command = Members.text(Members.object(call, "rawInput"), "command");
        if (command.isEmpty() || (title != null && title.contains(command))) {
            return title == null ? null : Members.cut(title, LONGEST_TITLE);
        }
        return Members.cut(title == null ? command : title + ": " + command, LONGEST_TITLE);
    }

    private static @Nullable String detail(Json.Obj call) {
        var text = new StringBuilder();
        for (Json each : Members.items(call, "content")) {
            if (each instanceof Json.Obj item && text.length() < LONGEST_DETAIL) {
                text.append(item(item));
            }
        }
        String delta = Members.text(Members.object(call, "_meta", "terminal_output_delta"), "data");
        text.append(delta);
        if (text.isEmpty()) {
            text.append(Members.text(call, "rawOutput"));
        }
        return text.isEmpty() ? null : Members.cut(text.toString(), LONGEST_DETAIL);
    }

    private static String item(Json.Obj item) {
        return switch (Members.text(item, "type")) {
            case "content" -> Members.text(Members.object(item, "content"), "text") + "\n";
            case "diff" -> "writes " + Members.text(item, "path") + "\n";
            default -> "";
        };
    }

    private static TaskUpdate plan(Json.Obj update) {
        var steps = new ArrayList<TaskUpdate.Step>();
        List<Json> entries = Members.items(update, "entries");
        for (Json each : entries.subList(0, Math.min(MOST_STEPS, entries.size()))) {
            if (each instanceof Json.Obj step) {
                steps.add(
                        new TaskUpdate.Step(
                                Members.cut(Members.text(step, "content"), LONGEST_TITLE),
                                Members.text(step, "status")));
            }
        }
        return new TaskUpdate.Plan(steps);
    }

    private static Optional<TaskUpdate> usage(Json.Obj update) {
        return Optional.of(new TaskUpdate.Usage(Members.number(update, "used"), cost(update)));
    }

    private static @Nullable String cost(Json.Obj update) {
        Json.Obj cost = Members.object(update, "cost");
        BigDecimal amount =
                switch (cost.get("amount")) {
                    case Json.Num(BigDecimal value) -> value;
                    case Json.Int(long value) -> BigDecimal.valueOf(value);
                    case null, default -> null;
                };
        // A number with an exponent could be a gigabyte of zeros.
        if (amount == null || Math.abs(amount.scale()) > 30 || amount.precision() > 30) {
            return null;
        }
        return amount.setScale(4, RoundingMode.HALF_UP).toPlainString()
                + " "
                + Members.cut(Members.text(cost, "currency"), 5);
    }

    /// Agents tell so of what failed, and that they try again; and of nothing else that a person
    /// needs. With what we say that we can, it is a typed failure; else Codex has its own.
    private static Optional<TaskUpdate> trouble(Json.Obj update) {
        Json.Obj failure = Members.object(update, "_meta", "jetbrains", "air", "sessionFailure");
        String title = Members.text(failure, "title");
        String details = Members.text(failure, "details");
        String message =
                title.isEmpty()
                        ? Members.text(Members.object(update, "_meta", "codex", "error"), "message")
                        : title + (details.isEmpty() ? "" : ": " + details);
        return message.isEmpty()
                ? Optional.empty()
                : Optional.of(new TaskUpdate.Note(Members.cut(message, LONGEST_TITLE)));
    }
}
