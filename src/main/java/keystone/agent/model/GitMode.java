package keystone.agent.model;

/// What the guest has of the project's git repository.
public enum GitMode {
    /// Protected where that is possible, else direct.
    AUTO("auto"),
    /// The host's own `.git`, writable: what the guest puts there, git on the host obeys.
    DIRECT("direct"),
    /// A git directory of its own on its disk, which borrows the host's objects; the host's `.git`
    /// is out of its reach.
    PROTECTED("protected");

    private final String word;

    GitMode(String word) {
        this.word = word;
    }

    /// The word a person types and reads.
    public String word() {
        return word;
    }

    public static GitMode parse(String text) {
        for (GitMode mode : values()) {
            if (mode.word.equals(text)) {
                return mode;
            }
        }
        throw UserError.usage(
                "there is no git mode `" + Printable.of(text) + "`",
                "use --git auto, protected or direct");
    }
}
