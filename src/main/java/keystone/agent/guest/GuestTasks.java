package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.Task;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;

/// Where tasks work in a guest: worktrees on its own disk. Threads may share it.
public final class GuestTasks {
    /// A checkout of a large tree in an emulated guest takes its time.
    private static final Duration CHECKOUT = Duration.ofMinutes(10);

    private static final int MOST_SAID = 3;

    /// A line for each path that is not copied.
    private static final int MOST_KEPT = 64 << 10;

    private final SandboxName name;
    private final GuestRepository.Shell shell;

    /// For a running guest.
    ///
    /// @param config as in [GuestAddress]
    public GuestTasks(SandboxName name, Path config) {
        this(name, script -> SshCommand.shared(config, name, script));
    }

    GuestTasks(SandboxName name, GuestRepository.Shell shell) {
        this.name = name;
        this.shell = shell;
    }

    /// What came of [#add].
    public enum Added {
        DONE,
        /// The guest has not been told of the commit yet.
        NO_SUCH_COMMIT
    }

    /// Makes the worktree of a task, and its branch, unless they are there.
    public Added add(Task task) throws InterruptedException {
        boolean carries = task.order().where() == Where.WORKTREE_WITH_CHANGES;
        Command.Finished made =
                run(
                        "",
                        TaskScript.ADD,
                        task.directory(),
                        String.valueOf(task.branch()),
                        String.valueOf(task.base()),
                        carries ? "changes" : "");
        if (made.status() == TaskScript.NO_SUCH_COMMIT) {
            return Added.NO_SUCH_COMMIT;
        }
        complete("make a worktree", made);
        return Added.DONE;
    }

    /// Copies into a worktree what it is to have of what git ignores in the workspace.
    ///
    /// @param paths as [keystone.agent.model.TaskExtras] has them
    /// @return what was not copied, a printable sentence each
    public List<String> copy(String directory, List<String> paths) throws InterruptedException {
        if (paths.isEmpty()) {
            return List.of();
        }
        var words = new ArrayList<>(List.of(directory));
        words.addAll(paths);
        Command.Finished copied = run("", TaskScript.COPY, words.toArray(String[]::new));
        complete("copy into the worktree", copied);
        var not = new ArrayList<String>();
        for (String line : copied.output().lines().toList()) {
            Matcher told = TaskScript.NOT_COPIED.matcher(line);
            int number = told.matches() ? Integer.parseInt(told.group(1)) : 0;
            if (number > 0 && number <= paths.size()) {
                not.add(
                        "`%s` is not copied: %s"
                                .formatted(
                                        Printable.of(paths.get(number - 1)),
                                        told.group(2).equals("absent")
                                                ? "the workspace has none"
                                                : "git does not ignore it, so it would be committed"));
            }
        }
        return not;
    }

    /// Commits what a task has left uncommitted in its worktree.
    ///
    /// @param whoever who commits where the guest's git knows nobody
    public void commit(Task task, String message, Person whoever) throws InterruptedException {
        complete(
                "commit what the agent has left",
                run(message, TaskScript.COMMIT, task.directory(), whoever.name(), whoever.email()));
    }

    private Command.Finished run(String input, String script, String... words)
            throws InterruptedException {
        var remote = new StringBuilder("set --");
        for (String word : words) {
            remote.append(' ').append(ShellWord.of(word));
        }
        try {
            return shell.running(remote + "\n" + script)
                    .runKeeping(MOST_KEPT, CHECKOUT, input.getBytes(UTF_8));
        } catch (Command.TookTooLong tooLong) {
            throw failed("answer within " + CHECKOUT.toSeconds() + " s", List.of());
        }
    }

    private void complete(String what, Command.Finished finished) {
        if (!finished.ok()) {
            throw failed(what, LastLines.of(finished.errors(), MOST_SAID));
        }
    }

    private UserError failed(String what, List<String> said) {
        return UserError.failed(
                        "the guest of `%s` did not %s%s"
                                .formatted(name, what, said.isEmpty() ? "" : ": " + said.getLast()),
                        "keystone-agent exec " + name + " -- git worktree list")
                .quoting(said);
    }
}
