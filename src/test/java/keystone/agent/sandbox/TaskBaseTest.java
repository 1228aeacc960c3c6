package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TaskBaseTest {
    @TempDir Path top;
    private Path project;

    @BeforeEach
    void make() throws Exception {
        project = Files.createDirectory(top.toRealPath().resolve("project"));
    }

    @Test
    void without_a_repository_or_a_commit_no_branch_can_begin() throws Exception {
        assertThat(TaskBase.obstacle(project)).contains("the project is not a git repository");
        git("init", "--quiet");
        assertThat(TaskBase.obstacle(project)).contains("the project has no commit yet");
    }

    @Test
    void with_a_commit_it_can() throws Exception {
        git("init", "--quiet");
        git("commit", "--quiet", "--allow-empty", "--message=Begin");
        assertThat(TaskBase.obstacle(project)).isEmpty();
        git("checkout", "--quiet", "--detach");
        assertThat(TaskBase.obstacle(project)).isEmpty();
    }

    private void git(String... arguments) throws InterruptedException {
        Command.Finished done =
                Command.of("git", "-c", "user.name=x", "-c", "user.email=x@example.com")
                        .with("-C", project.toString())
                        .with(arguments)
                        .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                        .run(Duration.ofSeconds(30));
        assertThat(done.ok()).as(done.errors()).isTrue();
    }
}
