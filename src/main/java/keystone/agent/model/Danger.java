package keystone.agent.model;

/// Why something that a guest left in a project needs a look before this host uses the project.
public enum Danger {
    GIT("git", "git on this host obeys it"),
    REPOSITORY("repository", "git obeys the configuration inside it when it comes by"),
    SHELL("shell", "it runs or takes effect when you enter the directory"),
    EDITOR("editor", "your editor runs or obeys it when it opens the project"),
    AGENT("agent", "an agent on this host runs or obeys it"),
    BUILD("build", "it runs when you build or test the project"),
    PACKAGES("packages", "it decides what your package manager installs and runs"),
    NIX("nix", "nix evaluates and builds it"),
    CI("ci", "it runs on your CI, with what your CI may do, once it is pushed"),
    KEYSTONE("keystone", "it changes what keystone-agent shares, once you approve it"),
    SETUID("setuid", "it runs with its owner's rights, whoever starts it"),
    PROGRAM("program", "it is executable, and new or changed"),
    LINK(
            "link",
            "it leads out of the project or mount: who reads or writes it on this host is led there"),
    SPECIAL("special", "it is a pipe, a socket or a device: who reads it may wait for ever"),
    CLOSED("closed", "it could not be looked into");

    private final String word;
    private final String reason;

    Danger(String word, String reason) {
        this.word = word;
        this.reason = reason;
    }

    /// One word, as in `--json`.
    public String word() {
        return word;
    }

    /// A sentence about the thing, without a full stop.
    public String reason() {
        return reason;
    }
}
