package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.guest.GuestRepository.Disk;
import keystone.agent.guest.GuestRepository.Followed;
import keystone.agent.guest.GuestRepository.Followed.Kind;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With real git, and bash, but no machine: the scripts that run in a guest run here.
@Timeout(60)
final class GuestRepositoryTest {

    @TempDir private Path top;

    private Path host;
    private Path guest;
    private final List<Runnable> before = new ArrayList<>();

    @BeforeEach
    void a_host_with_a_commit() throws Exception {
        host = Files.createDirectory(top.toRealPath().resolve("host"));
        guest = top.toRealPath().resolve("guest.git");
        Files.createDirectory(top.resolve("lent"));
        Files.createSymbolicLink(top.resolve("lent/objects"), host.resolve(".git/objects"));
        git("init", "--quiet", "--initial-branch=main");
        Files.writeString(host.resolve("file"), "one\n");
        git("add", "file");
        git("commit", "--quiet", "--message=One");
    }

    private String git(String... arguments) throws Exception {
        return PlainGit.run(List.of("-C", host.toString()), arguments);
    }

    private String inside(String... arguments) throws Exception {
        return PlainGit.run(List.of("--git-dir=" + guest, "--work-tree=" + host), arguments);
    }

    private GuestRepository repository() {
        return new GuestRepository(
                new SandboxName("blue"),
                script -> {
                    if (!before.isEmpty()) {
                        before.removeFirst().run();
                    }
                    return Command.of("bash", "-c", script)
                            .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null");
                },
                guest.toString(),
                top.resolve("lent").toString());
    }

    private Followed follow() throws Exception {
        return repository()
                .follow(
                        PlainGit.state(host),
                        Files.readAllBytes(host.resolve(".git/index")),
                        Disk.KEPT);
    }

    private void edit(String text) throws Exception {
        Files.writeString(host.resolve("file"), text);
    }

    private void commit(String message) throws Exception {
        git("commit", "--quiet", "--all", "--allow-empty", "--message=" + message);
    }

    @Test
    void a_new_one_is_made_and_shows_what_the_host_shows() throws Exception {
        git("branch", "topic");

        assertThat(follow()).isEqualTo(new Followed(Kind.DONE, List.of()));

        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
        assertThat(inside("rev-parse", "host/topic", "topic"))
                .isEqualTo(git("rev-parse", "topic", "topic"));
        assertThat(guest.toFile().list((_, name) -> name.contains("incoming"))).isEmpty();
        assertThat(guest.toFile().list((_, name) -> name.contains("seen"))).isEmpty();
        assertThat(guest.resolve("index.lock")).doesNotExist();
    }

    @Test
    void a_disk_that_is_thought_to_be_new_and_is_not_keeps_what_it_has() throws Exception {
        byte[] index = Files.readAllBytes(host.resolve(".git/index"));
        assertThat(repository().follow(PlainGit.state(host), index, Disk.NEW).kind())
                .isEqualTo(Kind.DONE);
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
        inside("commit", "--quiet", "--allow-empty", "--message=Inside");
        commit("Two");

        assertThat(repository().follow(PlainGit.state(host), index, Disk.NEW).diverged())
                .containsExactly("main");

        assertThat(inside("log", "-1", "--format=%s")).isEqualTo("Inside");
    }

    /// As ext4 left it where a machine was killed in the moment after.
    @Test
    void one_whose_files_lost_their_content_is_made_again() throws Exception {
        git("branch", "topic");
        follow();
        for (String each : List.of("HEAD", "config", "index", "refs/heads/main")) {
            Files.write(guest.resolve(each), new byte[0]);
        }

        assertThat(follow()).isEqualTo(new Followed(Kind.DONE, List.of()));

        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
        assertThat(inside("rev-parse", "host/topic", "topic"))
                .isEqualTo(git("rev-parse", "topic", "topic"));
    }

    @Test
    void it_makes_an_index_itself_when_it_is_given_none() throws Exception {
        assertThat(repository().follow(PlainGit.state(host), new byte[0], Disk.KEPT).kind())
                .isEqualTo(Kind.DONE);
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");

        commit("Two");
        assertThat(repository().follow(PlainGit.state(host), new byte[0], Disk.KEPT).kind())
                .isEqualTo(Kind.DONE);
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
        assertThat(inside("log", "-1", "--format=%s")).isEqualTo("Two");
    }

    @Test
    void it_follows_commits_and_switches() throws Exception {
        follow();
        edit("two\n");
        commit("Two");
        follow();
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
        assertThat(inside("log", "-1", "--format=%s")).isEqualTo("Two");

        git("switch", "--quiet", "--create=topic");
        follow();
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## topic");

        git("checkout", "--quiet", "--detach", "HEAD~1");
        follow();
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## HEAD (no branch)");
        assertThat(inside("log", "-1", "--format=%s")).isEqualTo("One");

        git("checkout", "--quiet", "main");
        follow();
        assertThat(inside("status", "--porcelain", "--branch")).isEqualTo("## main");
    }

    @Test
    void what_the_guest_stages_in_between_is_not_lost() throws Exception {
        follow();
        edit("two\n");
        commit("Two");
        edit("staged inside\n");
        // After the guest was asked what it has, before it is told what to take.
        before.add(() -> {});
        before.add(() -> quietly("add", "file"));

        assertThat(follow().kind()).isEqualTo(Kind.DONE);

        assertThat(inside("cat-file", "blob", ":file")).isEqualTo("staged inside");
        assertThat(inside("log", "-1", "--format=%s")).isEqualTo("One");
        assertThat(inside("log", "-1", "--format=%s", "host/main")).isEqualTo("Two");

        inside("reset", "--quiet");
        follow();
        assertThat(inside("log", "-1", "--format=%s")).as("it follows later").isEqualTo("Two");
        assertThat(inside("for-each-ref", "refs/keystone")).isEmpty();
    }

    @Test
    void what_the_guest_commits_or_switches_in_between_is_not_lost() throws Exception {
        follow();
        commit("Two");
        before.add(() -> {});
        before.add(() -> quietly("commit", "--quiet", "--allow-empty", "--message=Inside"));

        assertThat(follow().diverged()).containsExactly("main");

        assertThat(inside("log", "--format=%s")).isEqualTo("Inside\nOne");
        commit("Three");
        before.add(() -> {});
        before.add(() -> quietly("switch", "--quiet", "--create=mine"));
        follow();
        assertThat(inside("symbolic-ref", "HEAD")).isEqualTo("refs/heads/mine");
    }

    private void quietly(String... arguments) {
        try {
            String _ = inside(arguments);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void while_another_git_is_at_work_nothing_is_done_and_nothing_disturbed() throws Exception {
        follow();
        commit("Two");
        Path lock = Files.createFile(guest.resolve("index.lock"));

        assertThat(follow().kind()).isEqualTo(Kind.NOT_NOW);

        assertThat(lock).exists();
        assertThat(guest.toFile().list((_, name) -> name.contains("incoming"))).isEmpty();
        assertThat(inside("log", "-1", "--format=%s", "host/main")).isEqualTo("One");
        Files.delete(lock);
        assertThat(follow().kind()).isEqualTo(Kind.DONE);
        assertThat(inside("log", "-1", "--format=%s")).isEqualTo("Two");
    }

    @Test
    void a_branch_in_the_way_of_another_harms_nothing() throws Exception {
        follow();
        inside("branch", "a/b");
        git("branch", "a");

        assertThat(follow().kind()).isEqualTo(Kind.NOT_NOW);

        inside("branch", "--quiet", "-D", "a/b");
        assertThat(follow().kind()).isEqualTo(Kind.DONE);
        git("branch", "-D", "--quiet", "a");
        git("branch", "a/b");
        assertThat(follow().kind()).isEqualTo(Kind.DONE);
        assertThat(inside("rev-parse", "host/a/b")).isEqualTo(git("rev-parse", "main"));
    }

    @Test
    void a_rebase_and_another_work_tree_hold_their_branches() throws Exception {
        git("branch", "topic");
        git("branch", "other");
        follow();
        inside("worktree", "add", "--quiet", top.resolve("tree").toString(), "other");
        inside("switch", "--quiet", "topic");
        Files.createDirectory(guest.resolve("rebase-merge"));
        Files.writeString(guest.resolve("rebase-merge/head-name"), "refs/heads/topic\n");
        String one = git("rev-parse", "main");
        commit("Two");
        git("branch", "--force", "topic");
        git("branch", "--force", "other");

        follow();

        assertThat(inside("rev-parse", "topic", "other")).isEqualTo(one + "\n" + one);
        assertThat(inside("rev-parse", "main", "host/topic"))
                .isEqualTo(git("rev-parse", "main", "main"));
    }

    @Test
    void a_guest_that_cannot_be_used_is_told() throws Exception {
        Files.createFile(guest);

        assertThatThrownBy(this::follow)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("could not follow");
    }
}
