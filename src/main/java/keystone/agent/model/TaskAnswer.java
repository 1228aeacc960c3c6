package keystone.agent.model;

import java.util.Map;
import java.util.TreeMap;

/// What somebody says to a question of an agent's.
///
/// @param question its id; empty for the one that is open
/// @param values by field; under the empty name what is for the only, or first, field
public record TaskAnswer(String question, Decision decision, Map<String, String> values) {
    /// Whether there is an answer at all.
    public enum Decision {
        ACCEPT,
        DECLINE
    }

    public TaskAnswer {
        values = new TreeMap<>(values);
    }
}
