package keystone.agent.model;

/// How a guest gets the value of a secret itself, where the user wants that.
public enum Delivery {
    /// In the environment of sessions, in the place of a placeholder.
    SESSION("session"),
    /// In a file in the guest's memory.
    FILE("file");

    private final String word;

    Delivery(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /// Understands what a person wrote.
    public static Delivery parse(String text) {
        for (Delivery each : values()) {
            if (each.word.equals(text)) {
                return each;
            }
        }
        throw UserError.usage(
                "a secret is not delivered as `" + Printable.of(text) + "`",
                "use SECRET=session or SECRET=file");
    }
}
