package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `--share clone`: the guest has nothing of this host's.
@ExtendWith(Installations.class)
final class CloneIT {
    private static final int WRONG_STATE = 6;

    @Test
    void the_project_is_cloned_and_comes_home(Installation home) throws Exception {
        Project project = home.project("shop");
        project.git("branch", "other");
        project.git("tag", "v1");
        project.write("README", "unfinished\n");
        project.write("secret", "mine\n");

        Ended started = home.starting(project, "--share", "clone").run().succeeds();
        assertThat(started.errors()).contains("what is not committed here is not in the clone");
        Sandbox shop = home.sandbox("shop", project);
        Json.Obj status = shop.status();
        assertThat(status.string("share")).isEqualTo("clone");
        assertThat(status.string("shareReason")).contains("asked for");
        assertThat(shop.says("cat", "README")).isEqualTo("hello");
        assertThat(shop.says("git", "status", "--porcelain", "--branch")).isEqualTo("## main");
        assertThat(shop.says("git", "rev-parse", "HEAD", "v1", "other", "host/main"))
                .isEqualTo(project.git("rev-parse", "HEAD", "v1", "other", "main").strip());
        assertThat(shop.executing("test", "-e", "secret").run().status()).isEqualTo(1);
        assertThat(shop.says("cat", "/proc/mounts")).doesNotContain("virtiofs", "9p");
        project.git("restore", "README");

        // A nested repository of the guest's never comes near this host.
        identify(shop);
        shop.says("sh", "-c", "echo fixed >README; mkdir dir; echo new >dir/new; rm src/answer.py");
        shop.says("git", "add", "--all");
        shop.says("git", "commit", "--quiet", "--message=Fix");
        assertThat(shop.keystone("sync").run().succeeds().output())
                .isEqualTo("brought `main`: 1 new commit\n");
        assertThat(project.read("README")).isEqualTo("fixed\n");
        assertThat(project.read("dir/new")).isEqualTo("new\n");
        assertThat(project.path().resolve("src/answer.py")).doesNotExist();
        assertThat(project.git("status", "--porcelain")).isEqualTo("?? secret\n");
        assertThat(shop.says("git", "status", "--porcelain")).isEmpty();

        // What this host commits reaches the guest at its next start, objects and all.
        project.write("later", "text\n");
        project.git("add", "later");
        project.git("commit", "--quiet", "--message=Later");
        shop.says("git", "commit", "--quiet", "--allow-empty", "--message=Unfetched");
        shop.says("sh", "-c", "echo unfinished >README");
        assertThat(shop.keystone("stop").run().succeeds().errors())
                .contains("only on its disk", "/workspace");
        assertThat(project.git("log", "-1", "--format=%s", "refs/keystone/shop/heads/main").strip())
                .isEqualTo("Unfetched");
        assertThat(shop.starting("--fresh").run().endsWith(WRONG_STATE).errors())
                .contains("/workspace: 1 change that is not committed (`main`)");
        shop.starting().run().succeeds();
        assertThat(shop.says("git", "log", "-1", "--format=%s", "host/main")).isEqualTo("Later");
        assertThat(shop.says("cat", "README")).isEqualTo("unfinished");
        shop.says("git", "restore", "README");
        assertThat(shop.says("git", "fsck", "--no-progress")).isEmpty();
        shop.keystone("stop").run().succeeds();
        shop.keystone("destroy", "-f").run().succeeds();
    }

    @Test
    void without_a_repository_there_is_nothing_to_clone(Installation home) throws Exception {
        Path plain = Files.createDirectories(home.projects().resolve("plain"));
        Project project = new Project(plain);

        Ended refused = home.starting(project, "--share", "clone").run().endsWith(WRONG_STATE);

        assertThat(refused.errors())
                .contains("`--share clone` is not possible: the project is not a git repository")
                .contains("fix:   git init");
        assertThat(home.processes()).isEmpty();
    }

    private static void identify(Sandbox sandbox) throws InterruptedException {
        sandbox.says("git", "config", "user.name", "Grace");
        sandbox.says("git", "config", "user.email", "grace@example.org");
    }
}
