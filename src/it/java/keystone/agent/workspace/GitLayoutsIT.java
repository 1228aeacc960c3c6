package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `--git protected` where a repository is laid out otherwise than most.
@ExtendWith(Installations.class)
final class GitLayoutsIT {
    private static final String PLANT =
            """
            umount /workspace/.git
            mv /workspace/.git /workspace/.git2
            rm -f /workspace/.git
            echo 'gitdir: /workspace/evil' >/workspace/.git
            exit 0
            """;

    private static final String PLANT_BELOW =
            """
            cd /workspace
            umount libs/one/.git libs/one libs two
            mv libs/one/.git libs/one/.git2
            rm -rf libs/one/.git
            echo 'gitdir: /workspace/evil' >libs/one/.git
            mv libs/one libs/one2
            mv libs libs2
            echo 'gitdir: /workspace/evil' >two/.git
            mkdir two/.git
            mv two two2
            exit 0
            """;

    private static final String ALLOW = "protocol.file.allow=always";

    @Test
    void a_linked_worktree_over_virtiofs() throws Exception {
        aLinkedWorktree("virtiofs");
    }

    @Test
    @Tag("full")
    @Tag("full-git")
    void a_linked_worktree_over_9p() throws Exception {
        aLinkedWorktree("9p");
    }

    private static void aLinkedWorktree(String driver) throws Exception {
        try (Installation home = Installation.withOwnImages().withVirtiofsd()) {
            Project main = home.project("main");
            Path path = home.projects().resolve("topic");
            main.git("worktree", "add", "--quiet", "-b", "topic", path.toString());
            var topic = new Project(path);
            String gitFile = topic.read(".git");
            Sandbox sandbox = home.start(topic, "--git", "protected", "--share", driver);
            identify(sandbox);

            assertThat(inside(sandbox, "status", "--porcelain", "--branch")).isEqualTo("## topic");
            sandbox.says("sh", "-c", "echo inside >inside.txt");
            inside(sandbox, "add", "inside.txt");
            inside(sandbox, "commit", "--quiet", "--message=Inside");
            assertThat(sandbox.keystone("sync").run().succeeds().output())
                    .isEqualTo("brought `topic`: 1 new commit\n");
            assertThat(topic.git("log", "--format=%s").lines()).containsExactly("Inside", "Begin");
            assertThat(topic.git("status", "--porcelain")).isEmpty();
            assertThat(main.git("log", "--format=%s", "main").strip()).isEqualTo("Begin");

            sandbox.says("sudo", "sh", "-c", PLANT);
            assertThat(topic.read(".git")).isEqualTo(gitFile);
            assertThat(Files.exists(path.resolve(".git2"), LinkOption.NOFOLLOW_LINKS)).isFalse();
            assertThat(inside(sandbox, "status", "--porcelain", "--branch")).isEqualTo("## topic");
            sandbox.keystone("stop").run().succeeds();
            assertThat(topic.git("status", "--porcelain")).isEmpty();
        }
    }

    @Test
    void submodules_and_borrowed_objects_over_virtiofs() throws Exception {
        submodulesAndBorrowedObjects("virtiofs");
    }

    @Test
    @Tag("full")
    @Tag("full-git")
    void submodules_and_borrowed_objects_over_9p() throws Exception {
        submodulesAndBorrowedObjects("9p");
    }

    /// A linked worktree of a repository that borrows objects, with submodules of which one is in
    /// a directory and borrows, too, and one is not checked out.
    private static void submodulesAndBorrowedObjects(String driver) throws Exception {
        try (Installation home = Installation.withOwnImages().withVirtiofsd()) {
            Project library = home.project("library");
            Project upstream = home.project("upstream");
            for (String path : List.of("libs/one", "two")) {
                upstream.git("-c", ALLOW, "submodule", "add", library.path().toString(), path);
            }
            upstream.git("commit", "--quiet", "--message=Modules");
            Path shop = home.projects().resolve("shop");
            upstream.git("clone", "--quiet", "--shared", ".", shop.toString());
            Path linked = home.projects().resolve("topic");
            new Project(shop).git("worktree", "add", "--quiet", "-b", "topic", linked.toString());
            var topic = new Project(linked);
            topic.git(
                    "-c",
                    ALLOW,
                    "submodule",
                    "update",
                    "--init",
                    "--reference",
                    library.path().toString(),
                    "libs/one");
            String gitFile = topic.read("libs/one/.git");
            Sandbox sandbox =
                    home.start(topic, "--git", "protected", "--share", driver, "--name", "topic");
            identify(sandbox);

            assertThat(inside(sandbox, "status", "--porcelain", "--branch")).isEqualTo("## topic");
            assertThat(inside(sandbox, "log", "--format=%s").lines())
                    .containsExactly("Modules", "Begin");
            assertThat(inside(sandbox, "-C", "libs", "rev-parse", "--show-toplevel"))
                    .isEqualTo("/workspace");
            assertThat(inside(sandbox, "-C", "libs/one", "log", "--format=%s")).isEqualTo("Begin");
            assertThat(inside(sandbox, "-C", "libs/one", "status", "--porcelain")).isEmpty();
            assertThat(inside(sandbox, "submodule", "status")).contains(" libs/one (", "-", " two");

            sandbox.says("sh", "-c", "echo inside >libs/one/inside.txt");
            assertThat(inside(sandbox, "status", "--porcelain")).isEqualTo("M libs/one");
            inside(sandbox, "-C", "libs/one", "add", ".");
            inside(sandbox, "-C", "libs/one", "commit", "--quiet", "--message=Library");
            inside(sandbox, "add", "libs/one");
            inside(sandbox, "commit", "--quiet", "--message=Newer library");
            assertThat(sandbox.keystone("sync").run().succeeds().output())
                    .isEqualTo("brought `topic`: 1 new commit\n");
            var one = new Project(linked.resolve("libs/one"));
            assertThat(one.git("log", "-1", "--format=%s", "refs/keystone/topic/HEAD").strip())
                    .isEqualTo("Library");
            assertThat(topic.git("ls-tree", "HEAD", "libs/one"))
                    .contains(one.git("rev-parse", "refs/keystone/topic/HEAD").strip());

            sandbox.says("sudo", "sh", "-c", PLANT_BELOW);
            assertThat(topic.read("libs/one/.git")).isEqualTo(gitFile);
            assertThat(linked.resolve("two")).isEmptyDirectory();
            assertThat(linked.resolve("libs2")).doesNotExist();
            assertThat(linked.resolve("libs/one2")).doesNotExist();
            sandbox.keystone("stop").run().succeeds();
            sandbox.starting().run().succeeds();
            assertThat(inside(sandbox, "-C", "libs/one", "log", "-1", "--format=%s"))
                    .isEqualTo("Library");
            sandbox.keystone("destroy", "-f").run().succeeds();
            assertThat(one.git("for-each-ref", "refs/keystone/topic/base")).isEmpty();
        }
    }

    /// The history is cut off, and what is not checked out is elsewhere.
    @Test
    @Tag("full")
    void a_shallow_partial_clone(Installation home) throws Exception {
        Project origin = home.project("origin");
        origin.write("README", "second\n");
        origin.git("commit", "--quiet", "--all", "--message=Second");
        origin.write("README", "third\n");
        origin.git("commit", "--quiet", "--all", "--message=Third");
        origin.git("config", "uploadpack.allowFilter", "true");
        Path path = home.projects().resolve("shop");
        origin.git(
                "-c",
                ALLOW,
                "clone",
                "--quiet",
                "--filter=blob:none",
                "--depth=2",
                "file://" + origin.path(),
                path.toString());
        var shop = new Project(path);
        Sandbox sandbox = home.start(shop, "--git", "protected");
        identify(sandbox);

        assertThat(inside(sandbox, "status", "--porcelain", "--branch")).isEqualTo("## main");
        assertThat(inside(sandbox, "log", "--format=%s").lines())
                .containsExactly("Third", "Second");
        sandbox.says("sh", "-c", "echo inside >>README");
        inside(sandbox, "commit", "--quiet", "--all", "--message=Inside");
        inside(sandbox, "gc", "--quiet");
        assertThat(sandbox.executing("git", "show", "HEAD~2").run().errors())
                .contains("the/host/has/not/fetched");
        assertThat(sandbox.keystone("sync").run().succeeds().output())
                .isEqualTo("brought `main`: 1 new commit\n");
        assertThat(shop.git("status", "--porcelain")).isEmpty();
        assertThat(shop.git("log", "--format=%s").lines())
                .containsExactly("Inside", "Third", "Second");
    }

    private static void identify(Sandbox sandbox) throws InterruptedException {
        inside(sandbox, "config", "--global", "user.name", "Grace");
        inside(sandbox, "config", "--global", "user.email", "grace@example.org");
    }

    private static String inside(Sandbox sandbox, String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        return sandbox.says(command.toArray(String[]::new));
    }
}
