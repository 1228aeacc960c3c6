package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.BranchName;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Of sandboxes that cannot have worktrees, or may hold something that would be lost.
final class WorktreesTest {
    private static final SandboxName BLUE = new SandboxName("blue");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path temporary;
    private Path project;
    private Places places;
    private Assembly assembly;

    @BeforeEach
    void a_project() throws Exception {
        Path top = temporary.toRealPath();
        project = Files.createDirectory(top.resolve("project"));
        places = TestSandboxes.places(top);
        assembly = TestAssembly.at(places);
    }

    private SandboxDir create(GitMode git) {
        Digest image = Digest.of("image");
        return new Store(places)
                .create(
                        new SandboxSpec(
                                BLUE,
                                project,
                                image,
                                BuildId.create(image),
                                Resources.DEFAULT,
                                ShareDriver.AUTO,
                                git,
                                EgressPolicy.USUAL,
                                PortsPolicy.USUAL,
                                List.of(),
                                null),
                        "1")
                .orElseThrow();
    }

    private UserError refusal() {
        return catchThrowableOfType(
                UserError.class, () -> assembly.worktrees().add(BLUE, new BranchName("fix"), null));
    }

    @Test
    void one_that_shares_the_hosts_git_has_none() {
        create(GitMode.DIRECT);

        UserError error = refusal();

        assertThat(error.kind()).isEqualTo(UserError.Kind.WRONG_STATE);
        assertThat(error.problem()).contains("shares the project's own .git");
        assertThat(error.fix())
                .isEqualTo(
                        "keystone-agent stop blue && keystone-agent start --git protected --name blue");
    }

    @Test
    void one_without_git_has_none() {
        create(GitMode.PROTECTED);

        assertThat(refusal().problem()).contains("has no git: the project is not a git repository");
        assertThat(refusal().fix()).isEqualTo("git init");
    }

    @Test
    void one_that_does_not_run_says_how_to_start_it() throws Exception {
        assertThat(Command.of("git", "init", "--quiet", project.toString()).run(LIMIT).ok())
                .isTrue();
        create(GitMode.PROTECTED);

        assertThat(refusal().problem()).isEqualTo("sandbox `blue` is stopped");
        assertThat(refusal().fix()).isEqualTo("keystone-agent start --name blue");
    }

    @Test
    void what_a_stopped_ones_disk_holds_is_listed_before_it_goes() throws Exception {
        SandboxDir blue = create(GitMode.PROTECTED);
        blue.expectCommits(List.of("/workspace: 1 change that is not committed\u001b[2J"));

        UserError error =
                catchThrowableOfType(
                        UserError.class,
                        () -> assembly.sandboxes().destroy(BLUE, Sandboxes.Unfetched.KEPT));

        assertThat(error.kind()).isEqualTo(UserError.Kind.WRONG_STATE);
        assertThat(error.problem())
                .isEqualTo("the disk of `blue` holds what would be lost with it");
        assertThat(error.quoted())
                .containsExactly("/workspace: 1 change that is not committed?[2J");
        assertThat(blue.path()).exists();
        assembly.sandboxes().destroy(BLUE, Sandboxes.Unfetched.GIVEN_UP);
        assertThat(blue.path()).doesNotExist();
    }
}
