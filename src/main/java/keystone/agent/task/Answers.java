package keystone.agent.task;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import keystone.agent.model.Printable;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Need;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Makes of what somebody typed what the agent can take, or says what is wrong with it.
final class Answers {
    private static final String SEPARATOR = "\n";

    private Answers() {}

    /// The same with the name of its field and the exact values of choices.
    ///
    /// @throws UserError when it does not fit the question
    static TaskAnswer checked(TaskQuestion question, TaskAnswer answer) {
        if (answer.decision() == TaskAnswer.Decision.DECLINE || question.fields().isEmpty()) {
            return new TaskAnswer(question.id(), answer.decision(), answer.values());
        }
        var values = new TreeMap<String, String>();
        answer.values()
                .forEach(
                        (name, value) -> {
                            Field field = field(question, name);
                            values.put(field.name(), value(field, value));
                        });
        for (Field field : question.fields()) {
            if (field.need() == Need.REQUIRED && !values.containsKey(field.name())) {
                throw unfit("`" + field.name() + "` is missing", field);
            }
        }
        return new TaskAnswer(question.id(), answer.decision(), values);
    }

    private static Field field(TaskQuestion question, String name) {
        if (name.isEmpty()) {
            return question.fields().stream()
                    .filter(each -> each.need() == Need.REQUIRED)
                    .findFirst()
                    .orElse(question.fields().getFirst());
        }
        return question.fields().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                UserError.usage(
                                        "the question has no field `" + Printable.of(name) + "`",
                                        "use one of: "
                                                + Printable.of(
                                                        String.join(
                                                                ", ",
                                                                question.fields().stream()
                                                                        .map(Field::name)
                                                                        .toList()))));
    }

    private static String value(Field field, String value) {
        return switch (field.kind()) {
            case TEXT -> value;
            case NUMBER, INTEGER -> number(field, value);
            case BOOLEAN -> truth(field, value);
            case CHOICE -> choice(field, value);
            case CHOICES -> {
                var chosen = new ArrayList<String>();
                for (String each : value.split("[,\n]", -1)) {
                    if (!each.isBlank()) {
                        chosen.add(choice(field, each));
                    }
                }
                yield String.join(SEPARATOR, chosen);
            }
        };
    }

    /// The same in the agent's own words, of which some were not shown.
    ///
    /// @param answer to what was shown, as [#checked] returns it
    static TaskAnswer inWordsOf(TaskQuestion asked, TaskQuestion shown, TaskAnswer answer) {
        if (asked.equals(shown) || asked.fields().isEmpty()) {
            return answer;
        }
        var values = new TreeMap<String, String>();
        for (int i = 0; i < asked.fields().size(); i++) {
            Field there = shown.fields().get(i);
            String value = answer.values().get(there.name());
            if (value != null) {
                Field here = asked.fields().get(i);
                values.put(here.name(), chosen(here, there, value));
            }
        }
        return new TaskAnswer(answer.question(), answer.decision(), values);
    }

    private static String chosen(Field asked, Field shown, String value) {
        return switch (asked.kind()) {
            case TEXT, NUMBER, INTEGER, BOOLEAN -> value;
            case CHOICE -> one(asked, shown, value);
            case CHOICES ->
                    several(value).stream()
                            .map(each -> one(asked, shown, each))
                            .collect(Collectors.joining(SEPARATOR));
        };
    }

    private static String one(Field asked, Field shown, String value) {
        List<String> values = shown.choices().stream().map(Choice::value).toList();
        int at = values.indexOf(value);
        return at < 0 ? value : asked.choices().get(at).value();
    }

    /// What was chosen, of a value of several choices.
    static List<String> several(String value) {
        return value.isEmpty() ? List.of() : List.of(value.split(SEPARATOR, -1));
    }

    private static String number(Field field, String value) {
        String text = value.strip();
        try {
            if (field.kind() == TaskQuestion.Kind.INTEGER) {
                return Long.toString(Long.parseLong(text));
            }
            if (text.length() > 40) {
                throw unfit("`" + Printable.of(text) + "` is too long for a number", field);
            }
            return new BigDecimal(text).toString();
        } catch (NumberFormatException no) {
            throw unfit("`" + Printable.of(text) + "` is not a number", field);
        }
    }

    private static String truth(Field field, String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "y", "yes", "true", "1" -> "true";
            case "n", "no", "false", "0" -> "false";
            default -> throw unfit("`" + Printable.of(value) + "` is neither yes nor no", field);
        };
    }

    /// By its value, its title, what kind it is, or its number in the list.
    private static String choice(Field field, String value) {
        String text = value.strip();
        @Nullable String found = null;
        for (Choice each : field.choices()) {
            if (each.value().equals(text)) {
                return text;
            }
            boolean matches =
                    each.title().equalsIgnoreCase(text)
                            || (field.name().equals(PermissionPolicy.FIELD)
                                    && each.description().replace('_', '-').equals(text));
            if (matches && found == null) {
                found = each.value();
            }
        }
        if (found != null) {
            return found;
        }
        if (text.matches("[0-9]{1,3}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= field.choices().size()) {
                return field.choices().get(number - 1).value();
            }
        }
        throw unfit("`" + Printable.of(text) + "` is none of the choices", field);
    }

    private static UserError unfit(String problem, Field field) {
        List<String> titles =
                field.choices().stream().map(each -> Printable.of(each.title())).toList();
        return UserError.usage(
                Printable.of(problem),
                titles.isEmpty()
                        ? "give `%s=VALUE`, which is a %s"
                                .formatted(
                                        Printable.of(field.name()),
                                        field.kind().name().toLowerCase(Locale.ROOT))
                        : "use one of: " + String.join(", ", titles));
    }

    /// In a few words, for whoever reads the log.
    static String brief(TaskAnswer answer) {
        if (answer.decision() == TaskAnswer.Decision.DECLINE) {
            return "declined";
        }
        Map<String, String> values = answer.values();
        return values.size() == 1
                ? values.values().iterator().next().replace(SEPARATOR, ", ")
                : values.toString();
    }
}
