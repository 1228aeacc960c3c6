package keystone.agent.model;

import java.util.regex.Pattern;

/// What an agent is called: `[a-z0-9][a-z0-9-]{0,30}`.
public record AgentName(String value) implements Comparable<AgentName> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");

    public AgentName {
        if (!FORM.matcher(value).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(value) + "` cannot be an agent's name",
                    "use 1 to 31 of a-z, 0-9 and -, not starting with -");
        }
    }

    @Override
    public int compareTo(AgentName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
