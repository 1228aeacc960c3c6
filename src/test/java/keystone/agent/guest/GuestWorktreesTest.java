package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.guest.GuestWorktree.Session;
import keystone.agent.guest.GuestWorktrees.Changes;
import keystone.agent.guest.GuestWorktrees.Which;
import keystone.agent.model.BranchName;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With real git, bash and tmux, but no machine.
@Timeout(60)
final class GuestWorktreesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir private Path top;

    private Path workspace;
    private Path home;

    @BeforeEach
    void a_workspace_with_a_commit() throws Exception {
        workspace = Files.createDirectory(top.toRealPath().resolve("workspace"));
        home = Files.createDirectory(top.toRealPath().resolve("home"));
        Files.createDirectory(home.resolve("worktrees"));
        git(workspace, "init", "--quiet", "--initial-branch=main");
        Files.writeString(workspace.resolve("file"), "one\n");
        git(workspace, "add", "file");
        git(workspace, "commit", "--quiet", "--message=One");
        git(workspace, "update-ref", "refs/remotes/host/main", "main");
    }

    @AfterEach
    void no_session_stays() throws Exception {
        if (Programs.locate("tmux").isPresent()) {
            Command.Finished _ = tmux("kill-server");
        }
    }

    private Command.Finished tmux(String... arguments) throws InterruptedException {
        var all = new ArrayList<>(List.of("tmux"));
        all.addAll(List.of(arguments));
        return Command.of(all).withEnvironment("TMUX_TMPDIR", home.toString()).run(LIMIT);
    }

    private static String git(Path where, String... arguments) throws Exception {
        return PlainGit.run(List.of("-C", where.toString()), arguments);
    }

    private GuestWorktrees worktrees() {
        return new GuestWorktrees(
                new SandboxName("blue"),
                script ->
                        Command.of(
                                        "bash",
                                        "-c",
                                        script.replace("/workspace", workspace.toString())
                                                .replace(
                                                        "top=/worktrees",
                                                        "top=" + besideTheWorkspace()))
                                .withEnvironment("HOME", home.toString())
                                .withEnvironment("TMUX_TMPDIR", home.toString())
                                .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null"));
    }

    /// A guest's user makes it at the root of its disk.
    private Path besideTheWorkspace() {
        return home.resolve("worktrees");
    }

    private Path add(String branch) throws InterruptedException {
        return Path.of(worktrees().add(new BranchName(branch), null));
    }

    private GuestWorktree only() throws InterruptedException {
        List<GuestWorktree> all = worktrees().list(Which.WORKTREES);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void a_new_branch_begins_where_the_workspace_stands() throws Exception {
        Path place = add("fix/login");

        assertThat(place)
                .isEqualTo(besideTheWorkspace().resolve(new BranchName("fix/login").plain()));
        assertThat(place.resolve("file")).hasContent("one\n");
        assertThat(only().branch()).isEqualTo("fix/login");
        assertThat(only().directory()).isEqualTo(place.toString());
        assertThat(only().ahead()).isZero();
        assertThat(only().changes()).isZero();
    }

    @Test
    void or_where_it_is_told_to_or_where_the_hosts_is() throws Exception {
        String first = git(workspace, "rev-parse", "main");
        git(workspace, "branch", "release");
        git(workspace, "update-ref", "refs/remotes/host/topic", "main");
        git(workspace, "commit", "--quiet", "--allow-empty", "--message=Two");

        String told = worktrees().add(new BranchName("a"), new BranchName("release"));
        assertThat(git(Path.of(told), "rev-parse", "HEAD")).isEqualTo(first);
        assertThat(git(add("topic"), "rev-parse", "HEAD")).isEqualTo(first);
        assertThat(git(add("release"), "rev-parse", "HEAD")).isEqualTo(first);
        assertThatThrownBy(() -> worktrees().add(new BranchName("b"), new BranchName("nowhere")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no branch `nowhere`");
        assertThatThrownBy(() -> worktrees().add(new BranchName("main"), new BranchName("a")))
                .hasMessageContaining("there already");
        assertThatThrownBy(() -> add("main")).hasMessageContaining("the guest's git did not do it");
    }

    @Test
    void what_is_in_it_is_counted() throws Exception {
        Path place = add("fix");
        Files.writeString(place.resolve("file"), "two\n");
        Files.writeString(place.resolve("new\nfile"), "");
        assertThat(only().changes()).isEqualTo(2);

        git(place, "add", "--all");
        git(place, "commit", "--quiet", "--message=Two");
        assertThat(only().changes()).isZero();
        assertThat(only().ahead()).isEqualTo(1);

        git(place, "checkout", "--quiet", "--detach");
        git(place, "commit", "--quiet", "--allow-empty", "--message=Three");
        assertThat(only().branch()).isEmpty();
        assertThat(only().ahead()).isEqualTo(1);
        assertThat(worktrees().list(Which.WITH_WORKSPACE))
                .extracting(GuestWorktree::branch)
                .containsExactly("main", "");
    }

    @Test
    void one_is_removed_and_its_branch_stays() throws Exception {
        Path place = add("fix");
        Files.writeString(place.resolve("file"), "two\n");
        assertThatThrownBy(() -> worktrees().remove(only(), Changes.KEPT))
                .isInstanceOf(UserError.class);
        assertThat(place.resolve("file")).hasContent("two\n");

        worktrees().remove(only(), Changes.GIVEN_UP);

        assertThat(place).doesNotExist();
        assertThat(worktrees().list(Which.WORKTREES)).isEmpty();
        assertThat(git(workspace, "branch", "--list", "fix")).contains("fix");
        assertThat(add("fix")).isEqualTo(place);
    }

    @Test
    void its_session_lives_as_long_as_it_does() throws Exception {
        assumeTrue(Programs.locate("tmux").isPresent(), "there is no tmux");
        add("fix");
        assertThat(only().session()).isEqualTo(new Session("worktree-fix", Session.State.LIVES));

        tmux("kill-session", "-t", "=worktree-fix");
        assertThat(only().session().state()).isEqualTo(Session.State.NONE);
        tmux("new-session", "-d", "-s", "worktree-fix");
        tmux("new-session", "-d", "-s", "worktree-fix2");
        worktrees().remove(only(), Changes.KEPT);
        assertThat(tmux("list-sessions", "-F", "#{session_name}").output())
                .isEqualTo("worktree-fix2\n");
    }

    @Test
    void one_whose_directory_is_gone_can_be_removed() throws Exception {
        Path place = add("fix");
        git(place, "worktree", "lock", place.toString());
        git(place, "worktree", "unlock", place.toString());
        assertThat(Command.of("rm", "-rf", place.toString()).run(LIMIT).ok()).isTrue();

        worktrees().remove(only(), Changes.KEPT);

        assertThat(worktrees().list(Which.WORKTREES)).isEmpty();
    }

    @Test
    void a_name_is_only_a_name() throws Exception {
        String evil = "$(touch${IFS}ran)';touch${IFS}ran;'`touch${IFS}ran`";

        Path place = add(evil);

        assertThat(only().branch()).isEqualTo(evil);
        worktrees().remove(only(), Changes.KEPT);
        assertThat(place).doesNotExist();
        for (Path each : List.of(workspace, home, Path.of("."))) {
            assertThat(each.resolve("ran")).doesNotExist();
        }
    }
}
