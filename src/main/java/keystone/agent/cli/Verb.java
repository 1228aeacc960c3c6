package keystone.agent.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Every command, declared once: its words, its line in the overview, its class.
///
/// The class of a command is loaded only when that command is asked for.
enum Verb {
    START("start", "Start a sandbox around a project and attach to it"),
    STOP("stop", "Stop a sandbox; its disk stays"),
    RESTART("restart", "Stop a sandbox and start it again"),
    DESTROY("destroy|rm", "Remove sandboxes and their disks; the projects stay"),
    PRUNE("prune", "Remove what nobody needs any more"),
    LIST("list|ls", "List the sandboxes and what they are doing"),
    STATUS("status", "Show one sandbox in detail"),
    ATTACH("attach", "Go into a sandbox's lasting terminal session"),
    SSH("ssh", "Open a shell in a sandbox by ssh, or run a command", Rest.MAY_FOLLOW),
    EXEC("exec", "Run a command in a sandbox", Rest.MUST_FOLLOW),
    CP("cp", "Copy files into a sandbox or out of it"),
    PORTS("ports", "Show and choose which ports of a guest are on this host"),
    OPEN("open|open-code", "Open a project or a file in your editor"),
    SSH_CONFIG("ssh-config", "Have your own ssh know the sandboxes, as ks-NAME"),
    MOUNT("mount", "Show a directory of a guest on this host"),
    UNMOUNT("unmount|umount", "Take away what mount has shown"),
    LOGS("logs", "Show what a sandbox's console or supervisor wrote"),
    REVIEW("review", "Show what changed in a project, and what needs a look"),
    SYNC("sync", "Bring home what a guest has committed"),
    DIFF("diff", "Show what a guest has committed"),
    WORKTREE_ADD("worktree add", "Give a branch a directory and a session in the guest"),
    WORKTREE_LIST("worktree list|worktree ls", "List the guest's worktrees"),
    WORKTREE_REMOVE("worktree remove|worktree rm", "Remove a branch's worktree"),
    TASK_RUN("task run", "Give an agent work, and watch it"),
    TASK_SUBMIT("task submit", "Give an agent work, and do not wait"),
    TASK_LIST("task list|task ls", "List the tasks and what came of them"),
    TASK_SHOW("task show", "Show one task"),
    TASK_FOLLOW("task follow", "Watch a task"),
    TASK_ANSWER("task answer", "Answer what an agent wants to know"),
    TASK_REPLY("task reply", "Say something more to a task's agent"),
    TASK_CANCEL("task cancel", "End a task"),
    TASK_RESUME("task resume", "Have a task that was cut off go on"),
    TASK_DIFF("task diff", "Show what a task has committed"),
    TASK_ACCEPT("task accept", "Take what a task has made"),
    TASK_REJECT("task reject", "Leave what a task has made"),
    TASK_EXPORT("task export", "Print a task as Markdown"),
    NET_LIST("net list|net ls", "Show what a sandbox may reach of the network"),
    NET_ALLOW("net allow", "Let a sandbox reach a host"),
    NET_DENY("net deny", "Keep a sandbox from a host"),
    NET_CHECK("net check", "Say whether a sandbox may reach something, and why"),
    NET_LOG("net log", "Show what a sandbox asked of the network"),
    TOKENS_LIST("tokens list|tokens ls", "List the secrets that sandboxes can use"),
    TOKENS_SET("tokens set", "Keep a secret on this host"),
    TOKENS_RM("tokens rm", "Forget a secret that was kept"),
    TOKENS_TEST("tokens test", "Show a secret to its server, and say what it answers"),
    AGENTS_LIST("agents list|agents ls", "List the agents that tasks can be given to"),
    DEVSHELL_SHOW("devshell show", "Show what guests get of a project's devshell"),
    DEVSHELL_REFRESH("devshell refresh", "Evaluate a project's devshell for its guests"),
    IMAGE_BUILD("image build", "Build the guest image"),
    IMAGE_LIST("image list|image ls", "List the images"),
    IMAGE_INSPECT("image inspect", "Show one image in detail"),
    IMAGE_RM("image rm", "Remove images"),
    CONFIG_SHOW("config show", "Show the settings and where each comes from"),
    CONFIG_APPROVE("config approve", "Approve the settings in a project's own file"),
    COMPLETION("completion", "Print a script that completes commands in your shell"),
    SHELL_HOOK("shell-hook", "Print a script that names the sandbox in your shell's prompt"),
    DOCTOR("doctor", "Check what this host has and lacks"),
    VERSION("version", "Print the version"),
    HELP("help", "Explain a command"),
    /// For those who change keystone-agent; the overview leaves it out.
    DOCS("docs", "Write the reference pages"),
    /// For ssh, by what `ssh-config` has written.
    SSH_PROXY("ssh-proxy", "Start a sandbox and be the way to its guest");

    /// Whether words after `--` are a command for the guest.
    enum Rest {
        NONE,
        MAY_FOLLOW,
        MUST_FOLLOW
    }

    private final String names;
    private final String summary;
    private final Rest rest;

    Verb(String names, String summary) {
        this(names, summary, Rest.NONE);
    }

    Verb(String names, String summary, Rest rest) {
        this.names = names;
        this.summary = summary;
        this.rest = rest;
    }

    /// A switch, not a reference to each constructor: it costs nothing before it is asked.
    Action action() {
        return switch (this) {
            case START -> new StartCommand();
            case STOP -> new StopCommand();
            case RESTART -> new RestartCommand();
            case DESTROY -> new DestroyCommand();
            case PRUNE -> new PruneCommand();
            case LIST -> new ListCommand();
            case STATUS -> new StatusCommand();
            case ATTACH -> new AttachCommand();
            case SSH -> new SshCommand();
            case EXEC -> new ExecCommand();
            case CP -> new CpCommand();
            case PORTS -> new PortsCommand();
            case OPEN -> new OpenCommand();
            case SSH_CONFIG -> new SshConfigCommand();
            case MOUNT -> new MountCommand();
            case UNMOUNT -> new UnmountCommand();
            case LOGS -> new LogsCommand();
            case REVIEW -> new ReviewCommand();
            case SYNC -> new SyncCommand();
            case DIFF -> new DiffCommand();
            case WORKTREE_ADD -> new WorktreeAddCommand();
            case WORKTREE_LIST -> new WorktreeListCommand();
            case WORKTREE_REMOVE -> new WorktreeRemoveCommand();
            case TASK_RUN -> new TaskRunCommand();
            case TASK_SUBMIT -> new TaskSubmitCommand();
            case TASK_LIST -> new TaskListCommand();
            case TASK_SHOW -> new TaskShowCommand();
            case TASK_FOLLOW -> new TaskFollowCommand();
            case TASK_ANSWER -> new TaskAnswerCommand();
            case TASK_REPLY -> new TaskReplyCommand();
            case TASK_CANCEL -> new TaskCancelCommand();
            case TASK_RESUME -> new TaskResumeCommand();
            case TASK_DIFF -> new TaskDiffCommand();
            case TASK_ACCEPT -> new TaskAcceptCommand();
            case TASK_REJECT -> new TaskRejectCommand();
            case TASK_EXPORT -> new TaskExportCommand();
            case NET_LIST -> new NetListCommand();
            case NET_ALLOW -> new NetAllowCommand();
            case NET_DENY -> new NetDenyCommand();
            case NET_CHECK -> new NetCheckCommand();
            case NET_LOG -> new NetLogCommand();
            case TOKENS_LIST -> new TokensListCommand();
            case TOKENS_SET -> new TokensSetCommand();
            case TOKENS_RM -> new TokensRmCommand();
            case TOKENS_TEST -> new TokensTestCommand();
            case AGENTS_LIST -> new AgentsListCommand();
            case DEVSHELL_SHOW -> new DevshellShowCommand();
            case DEVSHELL_REFRESH -> new DevshellRefreshCommand();
            case IMAGE_BUILD -> new ImageBuildCommand();
            case IMAGE_LIST -> new ImageListCommand();
            case IMAGE_INSPECT -> new ImageInspectCommand();
            case IMAGE_RM -> new ImageRmCommand();
            case CONFIG_SHOW -> new ConfigShowCommand();
            case CONFIG_APPROVE -> new ConfigApproveCommand();
            case COMPLETION -> new CompletionCommand();
            case SHELL_HOOK -> new ShellHookCommand();
            case DOCTOR -> new DoctorCommand();
            case VERSION -> new VersionCommand();
            case HELP -> new HelpCommand();
            case DOCS -> new DocsCommand();
            case SSH_PROXY -> new SshProxyCommand();
        };
    }

    /// The words a person types, such as `image build`.
    String words() {
        return names.split("\\|", 2)[0];
    }

    /// `build` of `image build`.
    String lastWord() {
        return words().substring(words().indexOf(' ') + 1);
    }

    /// [#words] first, then what else it is known by.
    List<String> names() {
        return List.of(names.split("\\|"));
    }

    String summary() {
        return summary;
    }

    Rest rest() {
        return rest;
    }

    boolean isHidden() {
        return this == DOCS || this == SSH_PROXY;
    }

    static Optional<Verb> named(String words) {
        return Arrays.stream(values()).filter(v -> v.names().contains(words)).findFirst();
    }

    /// Whether `word` is the first of two, such as `image`.
    static boolean isGroup(String word) {
        return inGroup(word).findAny().isPresent();
    }

    /// The first of two words, of all that have two.
    static Stream<String> groups() {
        return shown().map(Verb::words)
                .filter(words -> words.contains(" "))
                .map(words -> words.substring(0, words.indexOf(' ')))
                .distinct();
    }

    static Stream<Verb> inGroup(String word) {
        return shown().filter(verb -> verb.words().startsWith(word + " "));
    }

    /// The commands that the overview shows.
    static Stream<Verb> shown() {
        return Arrays.stream(values()).filter(verb -> !verb.isHidden());
    }
}
