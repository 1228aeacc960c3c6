package keystone.agent.model;

/// How much of the host's store of Nix a guest is shown with the project's devshell.
public enum DevshellMode {
    /// What the devshell needs, where the host's nix and the project have one.
    AUTO("auto"),
    /// No devshell.
    NONE("none"),
    /// What the devshell needs, and nothing else.
    CLOSURE("closure"),
    /// Everything that is in the store, also of other projects.
    STORE("store");

    private final String word;

    DevshellMode(String word) {
        this.word = word;
    }

    /// The word a person types and reads.
    public String word() {
        return word;
    }

    public static DevshellMode parse(String text) {
        for (DevshellMode mode : values()) {
            if (mode.word.equals(text)) {
                return mode;
            }
        }
        throw UserError.usage(
                "there is no devshell mode `" + Printable.of(text) + "`",
                "use --devshell auto, none, closure or store");
    }
}
