package keystone.agent.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Resources;
import org.jspecify.annotations.Nullable;

/// Every setting, declared once: parsing, flags, `config show`, the reference page and the
/// suggestion for an unknown key all come from this table.
public enum Key {
    MEMORY(
            "memory",
            Form.SIZE,
            "--memory",
            "KEYSTONE_AGENT_MEMORY",
            Resources.DEFAULT.memory().toString(),
            "The guest's memory. On a host that has less than twice that, half of what it has."),
    CPUS(
            "cpus",
            Form.COUNT,
            "--cpus",
            "KEYSTONE_AGENT_CPUS",
            Integer.toString(Resources.DEFAULT.cpus()),
            "The guest's processors."),
    DISK(
            "disk",
            Form.SIZE,
            "--disk",
            "KEYSTONE_AGENT_DISK",
            Resources.DEFAULT.disk().toString(),
            "The capacity of the sandbox's own disk. It takes only the room that is used;"
                    + " a later start can make it larger, never smaller."),
    SHARE(
            "share",
            Form.DRIVER,
            "--share",
            "KEYSTONE_AGENT_SHARE",
            "auto",
            "How the project reaches the guest: `auto` takes the best that works on this host."),
    GIT(
            "git",
            Form.GIT_MODE,
            "--git",
            "KEYSTONE_AGENT_GIT",
            "auto",
            "What the guest has of the project's repository: `protected` keeps the host's `.git` out"
                    + " of its reach and gives it a git directory of its own; `direct` shares `.git`,"
                    + " and git on this host obeys what the guest writes there; `auto` is"
                    + " `protected` where that is possible, and says so where it is not."),
    IDENTITY(
            "identity",
            Form.IDENTITY,
            "--identity",
            "KEYSTONE_AGENT_IDENTITY",
            "host",
            "Who commits inside: `host` is whoever git on this host would name in the project,"
                    + " `agent` the sandbox itself, so that you can tell its commits from yours."),
    NET(
            "net",
            Form.NET_MODE,
            "--net",
            "KEYSTONE_AGENT_NET",
            "balanced",
            "What the guest reaches of the network: `balanced` is model providers, forges, package"
                    + " registries and distributions; `open` is every public address; `none` is"
                    + " nothing. `net allow` and `net deny` say more of single hosts."),
    PORTS(
            "ports",
            Form.PORTS_MODE,
            "--ports",
            "KEYSTONE_AGENT_PORTS",
            "auto",
            "Which of the guest's ports are on this host's loopback: with `auto` every one on which"
                    + " something listens, with `none` only those of `ports --publish`."),
    DEVSHELL(
            "devshell",
            Form.DEVSHELL_MODE,
            "--devshell",
            "KEYSTONE_AGENT_DEVSHELL",
            "auto",
            "What the guest gets of the project's devshell (`flake.nix`, `shell.nix`, `.envrc`): `closure`"
                    + " is its environment and what that needs of this host's store; with `store` all of"
                    + " the store can be read; `auto` is `closure` where this host has nix."),
    IDLE_STOP(
            "idle_stop",
            Form.DURATION,
            "--idle-stop",
            "KEYSTONE_AGENT_IDLE_STOP",
            null,
            "Stop the sandbox when it has been unused for this long; a task that has not ended uses it."
                    + " Without it, it runs until stopped."),
    MOUNTS(
            "mounts",
            Form.MOUNTS,
            "--mount",
            null,
            null,
            "A further host directory for the guest, as HOST:GUEST or HOST:GUEST:ro."
                    + " HOST may hold colons, GUEST may not."),
    ENV(
            "env",
            Form.VARIABLES,
            "-e --env",
            null,
            null,
            "A variable for every session of this run, as NAME=VALUE;"
                    + " NAME alone passes on its value from here."),
    DELIVER(
            "deliver",
            Form.DELIVERY,
            "--deliver",
            null,
            null,
            "Give the guest the value of a secret itself, and not only a placeholder: in the"
                    + " environment of its sessions, or in a file in its memory."),
    SECRETS(
            "secrets",
            Form.SECRET,
            "",
            null,
            null,
            "Secrets of your own, a table `[secrets.NAME]` each, with `hosts` that it may go to and"
                    + " where it is read: see docs/secrets.md#your-own."),
    AGENT(
            "agent",
            Form.AGENT,
            "--agent",
            "KEYSTONE_AGENT_AGENT",
            null,
            "The agent that tasks are given to. New disks of sandboxes then have the agents layer,"
                    + " with `claude`, `codex` and `gemini`; see docs/agents.md."),
    IMPORT(
            "import",
            Form.OUTFIT,
            "--import",
            "KEYSTONE_AGENT_IMPORT",
            "all",
            "Whether the guest gets a copy of your agents' skills, commands, memory and harmless settings"
                    + " (never credentials)."),
    AGENTS(
            "agents",
            Form.AGENT_TABLE,
            "",
            null,
            null,
            "An agent of your own: a command in the guest that speaks the Agent Client Protocol."),
    WORKSPACE_MASK(
            "workspace.mask",
            Form.FILE_PATTERNS,
            "",
            null,
            null,
            "Files of the project and of mounts that the guest gets an empty one for, beside `.env*`;"
                    + " `!PATTERN` is an exception: see"
                    + " docs/workspace.md#files-the-guest-does-not-see."),
    WORKSPACE_WARN(
            "workspace.warn",
            Form.FILE_PATTERNS,
            "",
            null,
            null,
            "Files that `start` names when the guest can read them, beside those with the usual names"
                    + " of keys; `!PATTERN` is an exception."),
    TASK_STALL(
            "task.stall",
            Form.DURATION,
            "",
            null,
            "10m",
            "How long an agent may be silent before its task says so."),
    TASK_NOTICES(
            "task.notices",
            Form.NOTICES,
            "",
            null,
            "desktop",
            "Who is told that a task asks something, or has ended, while nobody follows it: the"
                    + " `desktop` of whoever started the sandbox, or `none`."),
    WORKTREE_COPY(
            "worktree.copy",
            Form.PATHS,
            "",
            null,
            null,
            "Paths in the project that git ignores, and that worktrees, also those of tasks, get a copy of,"
                    + " such as `node_modules`."),
    IMAGE_BACKEND(
            "image.backend",
            Form.IMAGE_BACKEND,
            "--image",
            "KEYSTONE_AGENT_IMAGE",
            "debian",
            "What a new guest's system is made from: `debian`, or `nix` for NixOS, built by this host's"
                    + " nix: see docs/nix.md."),
    NIX_NIXPKGS(
            "nix.nixpkgs",
            Form.FLAKE,
            "",
            null,
            null,
            "The nixpkgs of NixOS guests, else `github:NixOS/nixpkgs/nixos-unstable`. Only your own"
                    + " file can say this."),
    NIX_MICROVM(
            "nix.microvm",
            Form.FLAKE,
            "",
            null,
            null,
            "The microvm.nix of NixOS guests, else `github:microvm-nix/microvm.nix`. Only your own"
                    + " file can say this."),
    NIX_MODULES(
            "nix.modules",
            Form.NIX_MODULES,
            "",
            null,
            null,
            "Files with NixOS modules for NixOS guests; absolute, or from `~/` on. They are evaluated on"
                    + " this host: only your own file can name them."),
    IMAGE_PACKAGES(
            "image.packages",
            Form.PACKAGES,
            "",
            null,
            null,
            "Debian packages that the project's guests have beyond the base image."),
    IMAGE_SETUP(
            "image.setup",
            Form.SCRIPT,
            "",
            null,
            null,
            "A shell script that prepares the project's image: run once, as root, in a guest,"
                    + " after the packages are there; it has no network.");

    private final String title;
    private final Form form;
    private final String flags;
    private final @Nullable String variable;
    private final @Nullable String fallback;
    private final String sentence;

    Key(
            String title,
            Form form,
            String flags,
            @Nullable String variable,
            @Nullable String fallback,
            String sentence) {
        this.title = title;
        this.form = form;
        this.flags = flags;
        this.variable = variable;
        this.fallback = fallback;
        this.sentence = sentence;
    }

    /// Its name in `agent.toml`; a dot means that it stands in a table, such as `[image]`.
    public String title() {
        return title;
    }

    public Form form() {
        return form;
    }

    /// The flags of `start` that set it; none when only a file can.
    public List<String> flags() {
        return flags.isEmpty() ? List.of() : List.of(flags.split(" "));
    }

    public Optional<String> variable() {
        return Optional.ofNullable(variable);
    }

    /// What holds when nobody said anything.
    public Optional<String> fallback() {
        return Optional.ofNullable(fallback);
    }

    /// What it does, for help and the reference page, which makes links of pages such as
    /// `docs/nix.md`.
    public String sentence() {
        return sentence;
    }

    static Optional<Key> titled(String title) {
        return Arrays.stream(values()).filter(key -> key.title.equals(title)).findFirst();
    }

    static List<String> titles() {
        return Arrays.stream(values()).map(Key::title).toList();
    }
}
