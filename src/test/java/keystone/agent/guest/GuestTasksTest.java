package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import keystone.agent.guest.GuestTasks.Added;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Limits;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// With real git and bash, but no machine.
@Timeout(60)
final class GuestTasksTest {
    private static final SandboxName NAME = new SandboxName("blue");
    private static final List<String> COPIES =
            List.of("built", "loose", "absent", "-odd built", "tool-built");
    private static final Person AGENT = new Person("blue (agent)", "blue@keystone-agent.invalid");

    @TempDir private Path top;

    private Path workspace;
    private Path place;
    private String base;

    @BeforeEach
    void a_workspace_with_a_commit() throws Exception {
        workspace = Files.createDirectory(top.toRealPath().resolve("workspace"));
        place = Files.createDirectory(top.toRealPath().resolve("worktrees")).resolve("k3f9ta");
        git(workspace, "init", "--quiet", "--initial-branch=main");
        Files.writeString(workspace.resolve("file"), "one\n");
        Files.writeString(workspace.resolve(".gitignore"), "built\n");
        git(workspace, "add", ".");
        git(workspace, "commit", "--quiet", "--message=One");
        base = git(workspace, "rev-parse", "main");
    }

    private static String git(Path where, String... arguments) throws Exception {
        return PlainGit.run(List.of("-C", where.toString()), arguments);
    }

    private GuestTasks tasks() {
        return new GuestTasks(
                NAME,
                script ->
                        Command.of("bash", "-c", script.replace("/workspace", workspace.toString()))
                                .withEnvironment("HOME", top.toString())
                                .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                                .withEnvironment("GIT_CONFIG_NOSYSTEM", "1"));
    }

    private Task task(Where where, String from) {
        var order =
                new TaskOrder(
                        new AgentSpec.Shell(),
                        "x",
                        where,
                        Permissions.ALLOW,
                        Limits.USUAL,
                        null,
                        TaskExtras.NONE);
        return new Task(
                new TaskId("k3f9ta"),
                NAME,
                order,
                "task/k3f9ta-x",
                from,
                place.toString(),
                Instant.EPOCH);
    }

    @Test
    void a_task_gets_a_branch_that_begins_where_it_was_told_to() throws Exception {
        git(workspace, "commit", "--quiet", "--allow-empty", "--message=Two");
        Files.writeString(workspace.resolve("file"), "not committed\n");

        assertThat(tasks().add(task(Where.WORKTREE, base))).isEqualTo(Added.DONE);
        assertThat(git(place, "rev-parse", "HEAD")).isEqualTo(base);
        assertThat(git(place, "branch", "--show-current")).isEqualTo("task/k3f9ta-x");
        assertThat(place.resolve("file")).hasContent("one\n");
        // A second time it is there already.
        assertThat(tasks().add(task(Where.WORKTREE, base))).isEqualTo(Added.DONE);
    }

    @Test
    void what_is_not_committed_comes_along_when_somebody_wants_it() throws Exception {
        Files.writeString(workspace.resolve("file"), "changed\n");
        Files.createDirectories(workspace.resolve("a b"));
        Files.writeString(workspace.resolve("a b/new"), "new\n");
        Files.writeString(workspace.resolve("built"), "ignored\n");

        assertThat(tasks().add(task(Where.WORKTREE_WITH_CHANGES, base))).isEqualTo(Added.DONE);
        assertThat(place.resolve("file")).hasContent("changed\n");
        assertThat(place.resolve("a b/new")).hasContent("new\n");
        assertThat(place.resolve("built")).doesNotExist();
    }

    @Test
    void a_commit_that_the_guest_lacks_is_told() throws Exception {
        assertThat(tasks().add(task(Where.WORKTREE, "1".repeat(40))))
                .isEqualTo(Added.NO_SUCH_COMMIT);
        assertThat(place).doesNotExist();
    }

    @Test
    void what_is_left_is_committed_by_whom_git_knows_else_by_the_agent() throws Exception {
        Task task = task(Where.WORKTREE, base);
        assertThat(tasks().add(task)).isEqualTo(Added.DONE);
        tasks().commit(task, "nothing", AGENT);
        assertThat(git(place, "rev-parse", "HEAD")).isEqualTo(base);

        Files.writeString(place.resolve("new"), "new\n");
        Files.writeString(place.resolve("built"), "ignored\n");
        Files.createFile(Path.of(git(place, "rev-parse", "--absolute-git-dir"), "index.lock"));
        tasks().commit(task, "Work\n\nKeystone-Task: k3f9ta\n", AGENT);
        assertThat(git(place, "log", "-1", "--format=%an %s")).isEqualTo("blue (agent) Work");
        assertThat(git(place, "show", "--stat", "--format="))
                .contains("new")
                .doesNotContain("built");

        git(workspace, "config", "user.name", "Ada");
        git(workspace, "config", "user.email", "ada@example.org");
        Files.delete(place.resolve("new"));
        tasks().commit(task, "More", AGENT);
        assertThat(git(place, "log", "-1", "--format=%an %s")).isEqualTo("Ada More");
    }

    @Test
    void a_branch_whose_directory_went_is_checked_out_again() throws Exception {
        Task task = task(Where.WORKTREE, base);
        assertThat(tasks().add(task)).isEqualTo(Added.DONE);
        Files.writeString(place.resolve("new"), "new\n");
        tasks().commit(task, "Work", AGENT);
        git(workspace, "worktree", "remove", "--force", place.toString());

        assertThat(tasks().add(task)).isEqualTo(Added.DONE);
        assertThat(place.resolve("new")).hasContent("new\n");
    }

    @Test
    void what_git_says_against_it_is_passed_on() throws Exception {
        Files.writeString(place, "in the way\n");

        assertThatThrownBy(() -> tasks().add(task(Where.WORKTREE, base)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did not make a worktree");
    }

    @Test
    void what_git_ignores_is_copied_when_somebody_wants_it() throws Exception {
        Files.createDirectories(workspace.resolve("built/deep"));
        Files.writeString(workspace.resolve("built/deep/x"), "1");
        Files.writeString(workspace.resolve("loose"), "2");
        Files.writeString(workspace.resolve("tool-built"), "3");
        Files.createSymbolicLink(workspace.resolve("-odd built"), Path.of("file"));
        Files.writeString(workspace.resolve(".git/info/exclude"), "tool-built\n-odd built\n");
        assertThat(tasks().add(task(Where.WORKTREE, base))).isEqualTo(Added.DONE);

        assertThat(tasks().copy(place.toString(), COPIES))
                .containsExactly(
                        "`loose` is not copied: git does not ignore it, so it would be committed",
                        "`absent` is not copied: the workspace has none");

        assertThat(place.resolve("built/deep/x")).hasContent("1");
        assertThat(place.resolve("tool-built")).hasContent("3");
        assertThat(place.resolve("-odd built")).isSymbolicLink();
        assertThat(place.resolve("loose")).doesNotExist();
        assertThat(git(place, "status", "--porcelain")).isEmpty();
        // Again, as before a reply.
        Files.writeString(place.resolve("built/deep/x"), "the agent's");
        assertThat(tasks().copy(place.toString(), COPIES)).hasSize(2);
        assertThat(place.resolve("built/deep/x")).hasContent("the agent's");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/etc", "a/../b", "..", "a/", "a//b", ".git", "a/.git/b", "a\nb", "."})
    void no_path_leaves_the_project(String path) {
        assertThatThrownBy(() -> TaskExtras.checkCopy(path)).isInstanceOf(UserError.class);
    }
}
