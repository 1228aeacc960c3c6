package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.Task;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskResult;
import keystone.agent.process.Command;
import keystone.agent.store.Store;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A task that had ended, was told more, and was cut off by a stop: what its guest has is fetched,
/// and what is kept is that of the earlier end.
@Timeout(120)
final class CutOffTaskTest {
    private static final TaskId ID = new TaskId("k3f9ta");
    private static final SandboxName BLUE = new SandboxName("blue");
    private static final String KEPT = "refs/keystone/blue/tasks/k3f9ta";
    private static final String FETCHED = "refs/keystone/blue/heads/task/k3f9ta-paint-it";

    @TempDir private Path temporary;
    private Path project;
    private TaskDir files;
    private Tasks tasks;

    @BeforeEach
    void a_task() throws Exception {
        Path top = temporary.toRealPath();
        project = Files.createDirectories(top.resolve("project"));
        git("init", "--quiet", "--initial-branch=main");
        String base = commit("base");
        git("update-ref", KEPT, commit("first"));
        git("update-ref", FETCHED, commit("second"));
        git("reset", "--quiet", "--hard", base);
        git("update-ref", "refs/keystone/blue/HEAD", base);
        var store = new Store(TestSandboxes.places(top));
        Digest image = Digest.of("image");
        var spec =
                new SandboxSpec(
                        BLUE,
                        project,
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        ShareDriver.AUTO,
                        GitMode.PROTECTED,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(),
                        null);
        var order =
                new TaskOrder(
                        new AgentSpec.Shell(),
                        "paint it",
                        TaskOrder.Where.WORKTREE,
                        TaskOrder.Permissions.ALLOW,
                        TaskOrder.Limits.USUAL,
                        null,
                        TaskExtras.NONE);
        Task task = Task.apart(ID, BLUE, order, base, Instant.EPOCH);
        files = TaskDir.create(store.create(spec, "1").orElseThrow(), task);
        tasks = new Tasks(store);
    }

    private String git(String... arguments) throws InterruptedException {
        Command.Finished done =
                Command.of("git", "-c", "user.name=x", "-c", "user.email=x@example.com")
                        .with("-C", project.toString())
                        .with(arguments)
                        .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                        .run(Duration.ofSeconds(30));
        assertThat(done.ok()).as(done.errors()).isTrue();
        return done.output().strip();
    }

    private String commit(String file) throws Exception {
        Files.writeString(project.resolve(file), file);
        String _ = git("add", "--all");
        String _ = git("commit", "--quiet", "--message=" + file);
        return git("rev-parse", "HEAD");
    }

    private void ends(TaskOutcome outcome) {
        files.end(new TaskResult(outcome, Instant.EPOCH, Instant.EPOCH, 1, "", null, List.of()));
    }

    @Test
    void one_that_failed_shows_what_was_fetched_last_and_that_is_accepted() throws Exception {
        ends(new TaskOutcome.Failed("its sandbox was stopped"));
        assertThat(tasks.beyond(ID)).isPresent();

        assertThat(tasks.diff(ID, Returning.Form.STAT)).contains("first", "second");
        assertThat(tasks.beyond(ID)).isEmpty();

        assertThat(tasks.accept(ID, Returning.Reach.MOVE).kind())
                .isEqualTo(Returning.Result.Kind.DONE);
        assertThat(project.resolve("second")).exists();
    }

    /// Nobody has looked at the rest.
    @Test
    void one_that_failed_and_was_not_shown_is_accepted_as_it_was_kept() throws Exception {
        ends(new TaskOutcome.Failed("its sandbox was stopped"));

        assertThat(tasks.accept(ID, Returning.Reach.MOVE).kind())
                .isEqualTo(Returning.Result.Kind.DONE);
        assertThat(project.resolve("first")).exists();
        assertThat(project.resolve("second")).doesNotExist();
        assertThat(tasks.diff(ID, Returning.Form.STAT)).doesNotContain("second");
    }

    @Test
    void one_that_is_done_is_what_was_kept_and_says_that_there_is_more() throws Exception {
        ends(new TaskOutcome.Done());

        assertThat(tasks.diff(ID, Returning.Form.STAT)).contains("first").doesNotContain("second");
        assertThat(tasks.beyond(ID))
                .isEqualTo(
                        Optional.of(
                                "its branch has 1 more commit than this (git log "
                                        + FETCHED
                                        + "); it goes on with: keystone-agent task resume k3f9ta"));
    }
}
