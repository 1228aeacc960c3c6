package keystone.agent.model;

/// Which of a guest's listeners are published by themselves.
public enum AutoPorts {
    /// Every one.
    AUTO("auto"),
    /// Only what somebody publishes.
    NONE("none");

    private final String word;

    AutoPorts(String word) {
        this.word = word;
    }

    /// The word a person types and reads.
    public String word() {
        return word;
    }

    public static AutoPorts parse(String text) {
        for (AutoPorts each : values()) {
            if (each.word.equals(text)) {
                return each;
            }
        }
        throw UserError.usage(
                "ports cannot be `" + Printable.of(text) + "`", "use --ports auto or none");
    }
}
