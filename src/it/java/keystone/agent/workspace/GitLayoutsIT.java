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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"virtiofs", "9p"})
    void a_linked_worktree(String driver) throws Exception {
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

    private static void identify(Sandbox sandbox) throws InterruptedException {
        inside(sandbox, "config", "user.name", "Grace");
        inside(sandbox, "config", "user.email", "grace@example.org");
    }

    private static String inside(Sandbox sandbox, String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        return sandbox.says(command.toArray(String[]::new));
    }
}
