package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `worktree`, with real git on both sides.
@ExtendWith(Installations.class)
final class WorktreesIT {
    private static final int WRONG_STATE = 6;

    @Test
    void a_branch_gets_a_directory_and_a_session_and_comes_home(Installation home)
            throws Exception {
        Project project = home.project("shop");
        Sandbox shop = home.start(project, "--git", "protected");
        identify(shop);

        String place = add(shop, "fix/login");
        assertThat(place).startsWith("/worktrees/fix-login-");
        assertThat(shop.says("tmux", "list-sessions", "-F", "#{session_name}"))
                .startsWith("worktree-fix-login-");
        assertThat(only(shop).string("branch")).isEqualTo("fix/login");
        assertThat(only(shop).bool("session")).isTrue();

        // Two agents at once, and neither sees the other's files.
        shop.says("sh", "-c", "echo fixed >" + place + "/README; echo new >" + place + "/new");
        assertThat(project.read("README")).isEqualTo("hello\n");
        assertThat(only(shop).number("changes")).isEqualTo(2);
        assertThat(remove(shop).endsWith(WRONG_STATE).errors())
                .contains("not committed: 2", "fix:");
        apart(shop, place, "add", "--all");
        apart(shop, place, "commit", "--quiet", "--message=Fix");
        assertThat(only(shop).number("ahead")).isEqualTo(1);
        assertThat(remove(shop).endsWith(WRONG_STATE).errors())
                .contains("have not come home: 1", "sync shop --branch fix/login");

        // Its branch is checked out here: the files follow, but not over an edit.
        project.git("switch", "--quiet", "--create=fix/login");
        project.write("README", "mine\n");
        assertThat(sync(shop).endsWith(WRONG_STATE).errors()).contains("in the way: README");
        project.git("restore", "README");
        assertThat(sync(shop).succeeds().output()).isEqualTo("brought `fix/login`: 1 new commit\n");
        assertThat(project.read("README")).isEqualTo("fixed\n");
        assertThat(project.git("status", "--porcelain")).isEmpty();
        assertThat(apart(shop, place, "status", "--porcelain")).isEmpty();
        assertThat(only(shop).number("ahead")).isZero();

        remove(shop).succeeds();
        assertThat(list(shop)).isEmpty();
        assertThat(shop.executing("test", "-e", place).run().status()).isEqualTo(1);
        assertThat(shop.says("git", "branch", "--list", "fix/login")).contains("fix/login");
        assertThat(project.path().resolve(".git/worktrees")).doesNotExist();
    }

    @Test
    @Tag("full")
    @Tag("full-git")
    void names_of_branches_are_only_names(Installation home) throws Exception {
        Project project = home.project("shop");
        Sandbox shop = home.start(project, "--git", "protected");
        String evil = "$(touch${IFS}/tmp/ran)/';touch${IFS}/tmp/ran;'";

        String place = add(shop, evil);
        assertThat(place).matches("/worktrees/[A-Za-z0-9_-]+");
        assertThat(only(shop).string("branch")).isEqualTo(evil);
        home.keystone("worktree", "remove", evil, "--name", "shop").run().succeeds();
        assertThat(shop.executing("test", "-e", "/tmp/ran").run().status()).isEqualTo(1);
        assertThat(Files.exists(Path.of("/tmp/ran"))).isFalse();
        assertThat(
                        home.keystone("worktree", "add", "x", "--from", "nowhere", "--name", "shop")
                                .run()
                                .status())
                .isEqualTo(3);

        shop.keystone("stop").run().succeeds();
        assertThat(home.keystone("worktree", "list", "shop").run().endsWith(WRONG_STATE).errors())
                .contains("sandbox `shop` is stopped", "keystone-agent start --name shop");
    }

    private static String add(Sandbox shop, String branch) throws InterruptedException {
        return shop.home()
                .keystone("worktree", "add", branch, "--name", shop.name())
                .run()
                .succeeds()
                .text();
    }

    private static Ended remove(Sandbox shop) throws InterruptedException {
        return shop.home().keystone("worktree", "remove", "fix/login", "--name", shop.name()).run();
    }

    private static Ended sync(Sandbox shop) throws InterruptedException {
        return shop.keystone("sync", "--branch", "fix/login").run();
    }

    private static List<Json.Obj> list(Sandbox shop) throws InterruptedException {
        return shop.home()
                .keystone("worktree", "list", shop.name(), "--json")
                .run()
                .succeeds()
                .objects();
    }

    private static Json.Obj only(Sandbox shop) throws InterruptedException {
        assertThat(list(shop)).hasSize(1);
        return list(shop).getFirst();
    }

    private static void identify(Sandbox sandbox) throws InterruptedException {
        sandbox.says("git", "config", "user.name", "Grace");
        sandbox.says("git", "config", "user.email", "grace@example.org");
    }

    private static String apart(Sandbox sandbox, String place, String... arguments)
            throws InterruptedException {
        var command = new ArrayList<>(List.of("git", "-C", place));
        command.addAll(List.of(arguments));
        return sandbox.says(command.toArray(String[]::new));
    }
}
