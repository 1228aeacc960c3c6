package keystone.agent.model;

/// What may leave a sandbox for the network when nothing more exact was said.
public enum EgressMode {
    /// What most projects need: model providers, forges, package registries, distributions.
    BALANCED("balanced"),
    /// Every public address.
    OPEN("open"),
    /// Nothing at all.
    NONE("none");

    private final String word;

    EgressMode(String word) {
        this.word = word;
    }

    /// The word a person types and reads.
    public String word() {
        return word;
    }

    public static EgressMode parse(String text) {
        for (EgressMode mode : values()) {
            if (mode.word.equals(text)) {
                return mode;
            }
        }
        throw UserError.usage(
                "there is no network mode `" + Printable.of(text) + "`",
                "use --net balanced, open or none");
    }
}
