package keystone.agent.task;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import keystone.agent.json.Json;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Kind;
import keystone.agent.model.TaskQuestion.Need;

/// A form of `elicitation/create` as a question, and an answer as its content: a flat JSON schema
/// of texts, numbers, truth values and choices.
final class AcpForm {
    private static final int MOST_FIELDS = 30;
    private static final int MOST_CHOICES = 100;

    private static final String DECLINE = "decline";

    /// Of a form without fields: whether its message is agreed to is all that is asked.
    private static final Field CONSENT =
            new Field(
                    "consent",
                    "",
                    Kind.CHOICE,
                    List.of(new Choice("accept", "Accept", ""), new Choice(DECLINE, "Decline", "")),
                    Need.REQUIRED);

    private AcpForm() {}

    static TaskQuestion question(Json.Obj params, String id) {
        Json.Obj schema = Members.object(params, "requestedSchema");
        List<String> required =
                Members.items(schema, "required").stream()
                        .map(each -> each instanceof Json.Str(String name) ? name : "")
                        .toList();
        var fields = new ArrayList<Field>();
        for (Map.Entry<String, Json> each :
                Members.object(schema, "properties").members().entrySet()) {
            if (each.getValue() instanceof Json.Obj property && fields.size() < MOST_FIELDS) {
                Need need = required.contains(each.getKey()) ? Need.REQUIRED : Need.OPTIONAL;
                fields.add(field(each.getKey(), property, need));
            }
        }
        if (fields.isEmpty()) {
            fields.add(CONSENT);
        }
        return new TaskQuestion(id, Members.text(params, "message"), fields);
    }

    private static Field field(String name, Json.Obj property, Need need) {
        String title = Members.text(property, "title");
        List<Choice> choices = choices(property);
        Kind kind =
                switch (Members.text(property, "type")) {
                    case "number" -> Kind.NUMBER;
                    case "integer" -> Kind.INTEGER;
                    case "boolean" -> Kind.BOOLEAN;
                    case "array" -> Kind.CHOICES;
                    default -> choices.isEmpty() ? Kind.TEXT : Kind.CHOICE;
                };
        List<Choice> offered =
                kind == Kind.CHOICES ? choices(Members.object(property, "items")) : choices;
        return new Field(name, title.isEmpty() ? name : title, kind, offered, need);
    }

    private static List<Choice> choices(Json.Obj property) {
        var choices = new ArrayList<Choice>();
        for (String list : List.of("oneOf", "anyOf", "enum")) {
            for (Json each : Members.items(property, list)) {
                if (choices.size() == MOST_CHOICES) {
                    return choices;
                }
                switch (each) {
                    case Json.Obj option -> {
                        String value = Members.text(option, "const");
                        String title = Members.text(option, "title");
                        choices.add(
                                new Choice(
                                        value,
                                        title.isEmpty() ? value : title,
                                        Members.text(option, "description")));
                    }
                    case Json.Str(String value) -> choices.add(new Choice(value, value, ""));
                    default -> {
                        // No choice that anybody could name.
                    }
                }
            }
        }
        return choices;
    }

    /// The answer to `elicitation/create`.
    ///
    /// @param answer as [Answers#checked] has checked it
    static Json.Obj result(TaskQuestion question, TaskAnswer answer) {
        boolean isConsent = question.fields().equals(List.of(CONSENT));
        boolean isDeclined =
                answer.decision() == TaskAnswer.Decision.DECLINE
                        || (isConsent && answer.values().containsValue(DECLINE));
        return isDeclined
                ? Json.object().with("action", "decline")
                : Json.object()
                        .with("action", "accept")
                        .with("content", isConsent ? Json.object() : content(question, answer));
    }

    private static Json.Obj content(TaskQuestion question, TaskAnswer answer) {
        Json.Obj content = Json.object();
        for (Field field : question.fields()) {
            String value = answer.values().get(field.name());
            if (value != null) {
                content.with(field.name(), value(field.kind(), value));
            }
        }
        return content;
    }

    private static Json value(Kind kind, String value) {
        return switch (kind) {
            case TEXT, CHOICE -> Json.string(value);
            case NUMBER -> new Json.Num(new BigDecimal(value));
            case INTEGER -> Json.number(Long.parseLong(value));
            case BOOLEAN -> new Json.Bool(value.toLowerCase(Locale.ROOT).equals("true"));
            case CHOICES -> Json.array(Answers.several(value), Json::string);
        };
    }
}
