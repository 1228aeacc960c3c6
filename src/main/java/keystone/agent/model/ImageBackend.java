package keystone.agent.model;

/// What a guest's system is made from.
public enum ImageBackend {
    /// Packages of Debian's, put together by this program.
    DEBIAN("debian"),
    /// NixOS, built by the host's nix from a flake that this program writes.
    NIX("nix");

    private final String word;

    ImageBackend(String word) {
        this.word = word;
    }

    /// The word a person types and reads.
    public String word() {
        return word;
    }

    public static ImageBackend parse(String text) {
        for (ImageBackend backend : values()) {
            if (backend.word.equals(text)) {
                return backend;
            }
        }
        throw UserError.usage(
                "there is no image backend `" + Printable.of(text) + "`",
                "use --image debian or nix");
    }
}
