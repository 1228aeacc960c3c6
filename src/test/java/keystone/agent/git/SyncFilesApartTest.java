package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import keystone.agent.git.Sync.Step;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.git.SyncOutcome.EditsInTheWay;
import keystone.agent.git.SyncOutcome.NothingNew;
import keystone.agent.git.SyncOutcome.StagingConflicts;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The guest has made its commits in a worktree of its own, of a branch that is checked out here.
@Timeout(120)
class SyncFilesApartTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;
    private Path worktree;
    private String before;

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void a_worktree_of_the_guests() throws Exception {
        sides = TwoSides.in(top);
        sides.write("gone", "text\n");
        sides.write("dir/file", "text\n");
        Files.createSymbolicLink(sides.project.resolve("link"), Path.of("README"));
        sides.commitHere("More");
        before = sides.host("rev-parse", "main");
        sides.host("switch", "--quiet", "--create=topic");
        sides.guest("update-ref", "refs/heads/main", before);
        worktree = top.toRealPath().resolve("worktree");
        sides.guest("worktree", "add", "--quiet", "-b", "topic", worktree.toString(), "main");
    }

    private String commit(String message) throws InterruptedException {
        apart("add", "--all");
        apart("commit", "--quiet", "--message=" + message);
        return apart("rev-parse", "HEAD");
    }

    private String apart(String... arguments) throws InterruptedException {
        return TwoSides.mustGit(List.of("-C", worktree.toString()), arguments);
    }

    private String work() throws Exception {
        Files.writeString(worktree.resolve("README"), "hello, world\n");
        Files.writeString(worktree.resolve("new"), "new\n");
        Files.delete(worktree.resolve("gone"));
        Files.delete(worktree.resolve("link"));
        Files.createDirectory(worktree.resolve("link"));
        Path program = Files.writeString(worktree.resolve("link/program"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(worktree.resolve("dir/file"));
        Files.delete(worktree.resolve("dir"));
        Files.createSymbolicLink(worktree.resolve("dir"), Path.of("src"));
        return commit("Work");
    }

    private void assertHome(String tip) throws Exception {
        assertThat(sides.host("rev-parse", "topic")).isEqualTo(tip);
        assertThat(sides.status()).isEmpty();
        assertThat(sides.project.resolve("README")).hasContent("hello, world\n");
        assertThat(sides.project.resolve("new")).hasContent("new\n");
        assertThat(sides.project.resolve("gone")).doesNotExist();
        assertThat(sides.project.resolve("link/program")).isExecutable();
        assertThat(Files.readSymbolicLink(sides.project.resolve("dir"))).hasToString("src");
        assertThat(git("index.lock")).doesNotExist();
        assertThat(git("keystone")).isDirectoryNotContaining(file -> !file.endsWith("sandboxes"));
    }

    private Path git(String file) {
        return sides.project.resolve(".git").resolve(file);
    }

    @Test
    void branch_index_and_files_come_home() throws Exception {
        String tip = work();
        sides.fetch();

        assertThat(sides.repository().preview(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isEqualTo(new Done("topic", 1, new ObjectId(tip)));
        assertThat(sides.host("rev-parse", "topic")).isEqualTo(before);
        assertThat(sides.status()).isEmpty();

        assertThat(sides.sync()).isEqualTo(new Done("topic", 1, new ObjectId(tip)));
        assertHome(tip);
        assertThat(sides.host("rev-parse", "main")).isEqualTo(before);
        assertThat(sides.sync()).isEqualTo(new NothingNew("topic"));
        assertThat(apart("status", "--porcelain")).isEmpty();
    }

    @Test
    void what_the_workspace_has_had_is_there_already() throws Exception {
        work();
        sides.guest("update-ref", "refs/heads/main", "refs/heads/topic");
        sides.fetch();

        assertThat(sides.repository().sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isInstanceOf(Done.class);

        // Not one file was touched.
        assertThat(sides.project.resolve("README")).hasContent("hello\n");
        assertThat(sides.status()).contains(" M README");
    }

    @Test
    void a_guest_without_a_file_of_the_project_has_them_all_apart() throws Exception {
        String tip = work();
        sides.guest("update-ref", "refs/heads/main", "refs/heads/topic");
        sides.fetch();

        assertThat(sides.repository().sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH.apart()))
                .isInstanceOf(Done.class);

        assertHome(tip);
    }

    @Test
    void unrelated_edits_and_staging_stay() throws Exception {
        work();
        sides.write("src/answer.py", "print(42)\n");
        sides.write("mine", "staged\n");
        sides.host("add", "mine");
        sides.write("notes", "untracked\n");

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEqualTo("A  mine\n M src/answer.py\n?? notes");
    }

    @Test
    void an_edit_in_the_way_is_not_overwritten() throws Exception {
        String tip = work();
        sides.write("README", "mine\n");

        assertRefused("README");

        assertThat(sides.project.resolve("README")).hasContent("mine\n");
        sides.host("restore", "README");
        assertThat(sides.sync()).isInstanceOf(Done.class);
        assertHome(tip);
    }

    private void assertRefused(String path) throws Exception {
        String status = sides.status();
        SyncOutcome outcome = sides.sync();
        assertThat(outcome).isEqualTo(new EditsInTheWay("topic", List.of(path)));
        assertThat(outcome.words()).contains("in the way", path);
        assertThat(sides.host("rev-parse", "topic")).isEqualTo(before);
        assertThat(sides.status()).isEqualTo(status);
        assertThat(git("index.lock")).doesNotExist();
        assertThat(sides.repository().preview(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isEqualTo(outcome);
    }

    /// Git takes what is ignored for worthless; a name like these is no text.
    @ParameterizedTest
    @ValueSource(strings = {"mine/\\377", "mine/\\377/x"})
    void nor_is_what_is_ignored_for_the_sake_of_a_name_that_is_no_text(String name)
            throws Exception {
        Files.writeString(git("info/exclude"), "mine\n");
        sides.write("mine", "mine\n");
        String script =
                "cd '%s' && mkdir -p \"$(dirname \"$(printf '%s')\")\" && echo evil >\"$(printf '%s')\""
                        .formatted(worktree, name, name);
        assertThat(Command.of("sh", "-c", script).run(Duration.ofSeconds(20)).ok()).isTrue();
        commit("Work");
        sides.fetch();

        assertThat(sides.sync()).isInstanceOf(EditsInTheWay.class);

        assertThat(sides.project.resolve("mine")).hasContent("mine\n");
    }

    @Test
    void nor_is_a_file_that_git_does_not_know() throws Exception {
        String tip = work();
        sides.write(".gitignore", "new\n");
        sides.write("new", "mine\n");

        assertRefused("new");

        sides.write("new", "new\n");
        Files.delete(sides.project.resolve(".gitignore"));
        assertThat(sides.sync()).isInstanceOf(Done.class);
        assertHome(tip);
    }

    @Test
    void nor_is_what_is_staged() throws Exception {
        work();
        sides.write("README", "mine\n");
        sides.host("add", "README");

        assertThat(sides.sync()).isEqualTo(new StagingConflicts("topic", List.of("README")));

        assertThat(sides.status()).isEqualTo("M  README");
    }

    @Test
    void a_link_in_the_place_of_a_directory_is_in_the_way() throws Exception {
        Files.writeString(worktree.resolve("dir/file"), "other\n");
        commit("Deeper");
        Path outside = Files.createDirectory(top.toRealPath().resolve("outside"));
        Files.delete(sides.project.resolve("dir/file"));
        Files.delete(sides.project.resolve("dir"));
        Files.createSymbolicLink(sides.project.resolve("dir"), outside);

        assertRefused("dir");

        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void no_filter_and_no_hook_runs() throws Exception {
        Path ran = top.toRealPath().resolve("ran");
        for (String each : List.of("clean", "smudge")) {
            sides.host("config", "filter.mine." + each, "sh -c 'touch " + ran + "; cat'");
        }
        Path hook = git("hooks/post-checkout");
        Files.createDirectories(git("hooks"));
        Files.writeString(hook, "#!/bin/sh\ntouch " + ran + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(worktree.resolve(".gitattributes"), "* filter=mine\n");
        String tip = work();

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(ran).doesNotExist();
        assertHome(tip);
    }

    @Test
    void an_entry_that_is_gits_own_comes_nowhere() throws Exception {
        String blob = sides.hash(sides.guestDirectory, "blob", "#!/bin/sh\n");
        for (String name : List.of(".git", ".GIT", "git~1", ".g\u200cit")) {
            String tree = tree("40000 " + name + "\0", tree("100644 config\0", blob));
            String evil =
                    sides.hash(
                            sides.guestDirectory,
                            "commit",
                            "tree %s\nparent %s\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nX\n"
                                    .formatted(tree, before));
            apart("update-ref", "refs/heads/topic", evil);

            assertThatThrownBy(sides::sync).hasMessageContaining("could not be fetched");
            assertThat(sides.host("rev-parse", "topic")).isEqualTo(before);
            assertThat(sides.status()).isEmpty();
        }
    }

    private String tree(String entry, String object) throws Exception {
        byte[] name = entry.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] id = java.util.HexFormat.of().parseHex(object);
        byte[] whole = java.util.Arrays.copyOf(name, name.length + id.length);
        System.arraycopy(id, 0, whole, name.length, id.length);
        return sides.hash(sides.guestDirectory, "tree", whole);
    }

    @Test
    void files_of_a_linked_worktree_of_this_hosts_follow_too() throws Exception {
        String tip = work();
        Path linked = top.toRealPath().resolve("linked");
        sides.host("switch", "--quiet", "main");
        sides.host("worktree", "add", "--quiet", linked.toString(), "topic");
        sides.fetch();
        HostRepository repository =
                ((ProjectRepository.Found)
                                HostRepository.find(
                                        linked, HostUser.current().ids(), HostUser.current()))
                        .repository();

        assertThat(repository.sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isEqualTo(new Done("topic", 1, new ObjectId(tip)));

        var at = List.of("-C", linked.toString());
        assertThat(TwoSides.mustGit(at, "status", "--porcelain")).isEmpty();
        assertThat(linked.resolve("new")).hasContent("new\n");
        assertThat(sides.status()).isEmpty();
    }

    @Test
    void so_do_those_of_a_repository_that_borrows_its_objects() throws Exception {
        Path lender = top.toRealPath().resolve("lender.git");
        sides.host("clone", "--quiet", "--bare", ".", lender.toString());
        Files.writeString(git("objects/info/alternates"), lender.resolve("objects") + "\n");
        sides.host("repack", "--quiet", "-a", "-d", "-l");
        sides.host("prune-packed");
        String tip = work();

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertHome(tip);
    }

    private void killedAt(Step end) {
        var asOwner = new AsOwner(HostUser.current().ids(), HostUser.current());
        var layout = Layout.plain(sides.project);
        var git = new Git(layout, asOwner);
        var sync =
                new Sync(
                        git,
                        new RefReader(layout, git),
                        asOwner,
                        layout,
                        step -> {
                            if (step == end) {
                                throw new Killed();
                            }
                        });
        assertThatThrownBy(() -> sync.sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isInstanceOf(Killed.class);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void the_next_one_finishes_it(Step step) throws Exception {
        String tip = work();
        sides.fetch();
        killedAt(step);

        SyncOutcome outcome = sides.sync();

        assertThat(outcome).isInstanceOfAny(Done.class, NothingNew.class);
        assertHome(tip);
    }

    @Test
    void so_it_does_when_only_some_files_were_written() throws Exception {
        String tip = work();
        sides.fetch();
        killedAt(Step.BRANCH_MOVED);
        sides.write("README", "hello, world\n");
        Files.delete(sides.project.resolve("gone"));

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertHome(tip);
    }

    @Test
    void an_edit_after_that_is_told_until_it_is_gone() throws Exception {
        String tip = work();
        sides.fetch();
        killedAt(Step.BRANCH_MOVED);
        sides.write("README", "mine\n");

        assertThat(sides.sync()).isEqualTo(new EditsInTheWay("topic", List.of("README")));
        assertThat(git("index.lock")).doesNotExist();
        assertThat(sides.project.resolve("README")).hasContent("mine\n");

        sides.write("README", "hello\n");
        assertThat(sides.sync()).isInstanceOf(Done.class);
        assertHome(tip);
    }

    @Test
    void of_a_large_tree_only_what_changed_is_written() throws IOException, Exception {
        Path same = sides.project.resolve("src/answer.py");
        var time = Files.getLastModifiedTime(same);
        Object inode = Files.getAttribute(same, "unix:ino");
        work();

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(Files.getLastModifiedTime(same)).isEqualTo(time);
        assertThat(Files.getAttribute(same, "unix:ino")).isEqualTo(inode);
    }
}
