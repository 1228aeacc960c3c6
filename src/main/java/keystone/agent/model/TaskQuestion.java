package keystone.agent.model;

import java.util.List;

/// Something an agent wants to know. All of it is the agent's words: print them with [Printable].
///
/// @param id of its own among the task's
/// @param fields what can be filled in; empty when it was asked in plain words
public record TaskQuestion(String id, String text, List<Field> fields) {
    public TaskQuestion {
        fields = List.copyOf(fields);
    }

    /// Whether it is what the agent said at its end: there is no form, and the next prompt is the
    /// answer.
    public boolean isInPlainWords() {
        return fields.isEmpty();
    }

    /// What kind of value is wanted.
    public enum Kind {
        TEXT,
        NUMBER,
        INTEGER,
        BOOLEAN,
        CHOICE,
        /// Several of the choices.
        CHOICES
    }

    /// One value of the answer.
    ///
    /// @param name as the agent calls it
    /// @param choices for [Kind#CHOICE] and [Kind#CHOICES]
    public record Field(String name, String title, Kind kind, List<Choice> choices, Need need) {
        public Field {
            choices = List.copyOf(choices);
        }
    }

    /// Whether a value may be left out.
    public enum Need {
        REQUIRED,
        OPTIONAL
    }

    /// One of those that can be chosen.
    ///
    /// @param value what the agent gets
    public record Choice(String value, String title, String description) {}
}
