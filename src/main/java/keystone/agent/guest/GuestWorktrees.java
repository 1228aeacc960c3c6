package keystone.agent.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.guest.GuestWorktree.Session;
import keystone.agent.model.BranchName;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// Worktrees of the guest's own repository, on its own disk, each with a terminal session. Threads
/// may share it.
public final class GuestWorktrees {
    /// A checkout of a large tree in an emulated guest takes its time.
    private static final Duration CHECKOUT = Duration.ofMinutes(10);

    /// Also a stop waits for it.
    private static final Duration LOOK = Duration.ofSeconds(30);

    private static final int FIELDS = 6;
    private static final int MOST = 1000;
    private static final int MOST_SAID = 3;

    /// The most that is read of a guest: enough for as many worktrees with long names.
    private static final int MOST_KEPT = 1 << 20;

    private final SandboxName name;
    private final GuestRepository.Shell shell;

    /// For a running guest.
    ///
    /// @param config as in [GuestAddress]
    public GuestWorktrees(SandboxName name, Path config) {
        this(name, script -> SshCommand.shared(config, name, script));
    }

    GuestWorktrees(SandboxName name, GuestRepository.Shell shell) {
        this.name = name;
        this.shell = shell;
    }

    /// Makes one of a branch, and the branch when there is none.
    ///
    /// @param from where a new branch begins; null is where the workspace stands
    /// @return its directory in the guest; hostile
    public String add(BranchName branch, @Nullable BranchName from) throws InterruptedException {
        Command.Finished made =
                run(
                        CHECKOUT,
                        WorktreeScript.ADD,
                        branch.value(),
                        branch.plain(),
                        from == null ? "" : from.value());
        if (made.status() == WorktreeScript.NO_SUCH_START) {
            throw UserError.notFound(
                    "the guest has no branch `" + Printable.of(String.valueOf(from)) + "`",
                    "keystone-agent exec " + name + " -- git branch --all");
        }
        if (made.status() == WorktreeScript.THERE_ALREADY) {
            throw UserError.wrongState(
                    "`" + Printable.of(branch.value()) + "` is there already",
                    "keystone-agent worktree list " + name + "   # or leave --from out");
        }
        return complete(made);
    }

    /// Which of the guest's directories count.
    public enum Which {
        /// What was made beside the workspace.
        WORKTREES("worktrees"),
        WITH_WORKSPACE("all");

        private final String word;

        Which(String word) {
            this.word = word;
        }
    }

    public List<GuestWorktree> list(Which which) throws InterruptedException {
        String listed = complete(run(LOOK, WorktreeScript.LIST, which.word));
        String[] fields = listed.split("\0", MOST * FIELDS + 1);
        var all = new ArrayList<GuestWorktree>();
        for (int i = 0; i + FIELDS <= fields.length && all.size() < MOST; i += FIELDS) {
            var state = fields[i + 5].isEmpty() ? Session.State.NONE : Session.State.LIVES;
            all.add(
                    new GuestWorktree(
                            fields[i],
                            fields[i + 1],
                            number(fields[i + 2]),
                            number(fields[i + 3]),
                            new Session(fields[i + 4], state)));
        }
        return all;
    }

    private static int number(String text) {
        try {
            return Math.max(0, Integer.parseInt(text.strip()));
        } catch (NumberFormatException nonsense) {
            return 0;
        }
    }

    /// What becomes of changes that are not committed.
    public enum Changes {
        KEPT,
        GIVEN_UP
    }

    /// Removes one and its session; its branch stays.
    public void remove(GuestWorktree worktree, Changes changes) throws InterruptedException {
        String _ =
                complete(
                        run(
                                CHECKOUT,
                                WorktreeScript.REMOVE,
                                worktree.directory(),
                                worktree.session().name(),
                                changes == Changes.GIVEN_UP ? "force" : ""));
    }

    private Command.Finished run(Duration limit, String script, String... words)
            throws InterruptedException {
        var remote = new StringBuilder("set --");
        for (String word : words) {
            remote.append(' ').append(ShellWord.of(word));
        }
        try {
            return shell.running(remote + "\n" + script).runKeeping(MOST_KEPT, limit);
        } catch (Command.TookTooLong tooLong) {
            throw failed("it did not answer within " + limit.toSeconds() + " s", List.of());
        }
    }

    private String complete(Command.Finished finished) {
        if (!finished.ok()) {
            throw failed("it refused", LastLines.of(finished.errors(), MOST_SAID));
        }
        return finished.output();
    }

    private UserError failed(String why, List<String> said) {
        return UserError.failed(
                        "the guest's git did not do it: " + why,
                        "keystone-agent exec " + name + " -- git worktree list")
                .quoting(said);
    }
}
