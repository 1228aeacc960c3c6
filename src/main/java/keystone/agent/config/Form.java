package keystone.agent.config;

/// The form that a setting's value has.
public enum Form {
    SIZE("SIZE", "size in quotes, such as `\"4g\"` or `\"512m\"`", Count.ONE),
    COUNT("N", "whole number", Count.ONE),
    DRIVER(
            "auto|virtiofs|9p|9p-mapped|clone",
            "`\"auto\"`, `\"virtiofs\"`, `\"9p\"`, `\"9p-mapped\"` or `\"clone\"`",
            Count.ONE),
    GIT_MODE("auto|protected|direct", "`\"auto\"`, `\"protected\"` or `\"direct\"`", Count.ONE),
    IDENTITY("WHO", "`\"host\"`, `\"agent\"` or `{ name = \"…\", email = \"…\" }`", Count.ONE),
    NET_MODE("balanced|open|none", "`\"balanced\"`, `\"open\"` or `\"none\"`", Count.ONE),
    PORTS_MODE("auto|none", "`\"auto\"` or `\"none\"`", Count.ONE),
    DEVSHELL_MODE(
            "auto|none|closure|store",
            "`\"auto\"`, `\"none\"`, `\"closure\"` or `\"store\"`",
            Count.ONE),
    AGENT("AGENT", "name in quotes, such as `\"claude\"`", Count.ONE),
    OUTFIT("all|none", "`\"all\"` or `\"none\"`", Count.ONE),
    AGENT_TABLE(
            "NAME",
            "table `[agents.NAME]` with `command = [\"PROGRAM\", \"ARGUMENT\"]`",
            Count.MANY),
    DURATION("TIME", "time in quotes, such as `\"2h\"` or `\"90m\"`", Count.ONE),
    MOUNTS("HOST:GUEST[:ro]", "list of `\"HOST:GUEST\"` or `\"HOST:GUEST:ro\"`", Count.MANY),
    VARIABLES("NAME[=VALUE]", "table of `NAME = \"value\"`", Count.MANY),
    DELIVERY(
            "SECRET=session|file", "list of `\"SECRET=session\"` or `\"SECRET=file\"`", Count.MANY),
    SECRET("NAME", "table `[secrets.NAME]`, with `hosts = [\"…\"]` in it", Count.MANY),
    FILE_PATTERNS(
            "PATTERN",
            "list of patterns in quotes, such as `\"*.pem\"` or `\"secrets/\"`",
            Count.MANY),
    IMAGE_BACKEND("debian|nix", "`\"debian\"` or `\"nix\"`", Count.ONE),
    FLAKE("FLAKE", "flake reference in quotes", Count.ONE),
    NIX_MODULES("FILE", "list of files in quotes, as in `\"~/guest.nix\"`", Count.MANY),
    PACKAGES("PACKAGE", "list of package names in quotes", Count.MANY),
    NOTICES("desktop|none", "`\"desktop\"` or `\"none\"`", Count.ONE),
    PATHS("PATH", "list of paths in quotes, as in `\"node_modules\"`", Count.MANY),
    SCRIPT("SCRIPT", "text, best between `'''` and `'''`", Count.ONE);

    /// Whether what several places say adds up, or the strongest place wins alone.
    public enum Count {
        ONE,
        MANY
    }

    private final String placeholder;
    private final String description;
    private final Count count;

    Form(String placeholder, String description, Count count) {
        this.placeholder = placeholder;
        this.description = description;
        this.count = count;
    }

    /// What stands for the value in a synopsis.
    public String placeholder() {
        return placeholder;
    }

    /// How to write it in `agent.toml`.
    public String description() {
        return description;
    }

    public Count count() {
        return count;
    }
}
