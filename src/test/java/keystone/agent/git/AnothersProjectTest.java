package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import keystone.agent.git.HostRepository.DiffForm;
import keystone.agent.git.ProjectRepository.AnothersOwn;
import keystone.agent.git.ProjectRepository.Found;
import keystone.agent.git.ProjectRepository.OutOfReach;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.model.Owner;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Root at work in the project of another user.
@Timeout(60)
class AnothersProjectTest {
    private static final Owner ALICE = new Owner(54_321, 54_321);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_of_alices() throws Exception {
        assumeTrue(HostUser.current().isRoot(), "only root can work for others");
        Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwx--x--x"));
        sides = TwoSides.in(top);
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        Command.of("chown", "-R", ALICE.uid() + ":" + ALICE.gid(), sides.project.toString())
                .run(LIMIT);
    }

    @Test
    void it_is_out_of_her_reach_where_only_root_may_enter() throws Exception {
        assertThat(HostRepository.find(sides.project, ALICE, HostUser.current()))
                .isInstanceOf(Found.class);
        // A guest can do that to its own project.
        Files.setPosixFilePermissions(sides.project, PosixFilePermissions.fromString("---------"));
        assertThat(HostRepository.find(sides.project, ALICE, HostUser.current()))
                .isInstanceOf(Found.class);

        Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwx--x---"));

        assertThat(HostRepository.find(sides.project, ALICE, HostUser.current()))
                .isEqualTo(new OutOfReach(top));
    }

    @Test
    void git_works_as_alice() throws Exception {
        HostRepository repository = sides.repository(ALICE);

        repository.pin(TwoSides.NAME);
        repository.fetch(TwoSides.NAME, sides.transport());
        SyncOutcome outcome = repository.sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH);

        assertThat(outcome).isInstanceOf(Done.class);
        assertThat(repository.diff(TwoSides.NAME, Optional.empty(), DiffForm.STAT)).isEmpty();
        Command.Finished strangers =
                Command.of("find", sides.project.toString(), "!", "-uid", ALICE.uid() + "")
                        .run(LIMIT);
        assertThat(strangers.output()).isEmpty();
        assertThat(strangers.ok()).isTrue();
        assertThat(sides.host("-c", "safe.directory=*", "status", "--porcelain")).isEmpty();
    }

    /// What alice can lay where root will write leads root nowhere.
    @Test
    void a_link_of_alices_is_followed_with_her_rights_only() throws Exception {
        Path secret = Files.writeString(top.toRealPath().resolve("secret"), "root's\n");
        Path ours = sides.project.resolve(".git/keystone");
        sides.repository(ALICE).fetch(TwoSides.NAME, sides.transport());
        Files.createSymbolicLink(ours.resolve("sync.draft"), secret);

        assertThatThrownBy(
                        () ->
                                sides.repository(ALICE)
                                        .sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot be written");

        assertThat(secret).hasContent("root's\n");
        assertThat(Files.getAttribute(secret, "unix:uid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(0);
    }

    @Test
    void root_does_not_work_as_root_in_it() {
        var self = HostUser.current();

        assertThat(HostRepository.find(sides.project, self.ids(), self))
                .isEqualTo(new AnothersOwn(sides.project));
    }
}
