package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.model.Owner;
import keystone.agent.security.TestUser.MoreIds;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whoever starts a sandbox, QEMU works as the project's owner and with nothing else, and what the
/// guest makes belongs to that owner. Needs root, to be everybody.
@ExtendWith({Installations.class, RootRequired.class})
class UsersIT {
    private static final Owner ROOT = new Owner(0, 0);

    @Test
    void root_in_a_project_of_its_own(Installation home) throws Exception {
        Sandbox sandbox = home.start(home.project("roots"));

        assertConfinedAndMapped(sandbox, ROOT);
        assertThat(view(sandbox).status("Groups")).isEmpty();
        Confined.leavesNothing(sandbox);
    }

    @Test
    @Tag("full")
    void root_in_a_project_of_another_user_that_only_its_owner_may_enter(Installation home)
            throws Exception {
        try (TestUser alice = TestUser.create(MoreIds.NONE)) {
            Project project = home.project("alice's, \"private\"");
            Files.setPosixFilePermissions(
                    project.path(), PosixFilePermissions.fromString("rwx------"));
            alice.own(project.path());
            Sandbox sandbox = home.start(project);

            assertConfinedAndMapped(sandbox, alice.ids());
            assertThat(view(sandbox).status("Groups")).isEmpty();
            assertThat(filesOf(ROOT, sandbox.dir().run().path())).isNotEmpty();
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    void a_user_with_further_ids_leaves_its_groups_behind() throws Exception {
        try (TestUser bob = TestUser.create(MoreIds.GIVEN);
                Installation home = bob.installation()) {
            Sandbox sandbox = startAs(bob, home);

            assertConfinedAndMapped(sandbox, bob.ids());
            assertThat(view(sandbox).status("Groups")).isEmpty();
            assertThat(confinement(sandbox)).contains("no supplementary groups");
            Confined.leavesNothing(sandbox);
        }
    }

    @Test
    void a_user_without_further_ids_keeps_its_groups_and_is_told() throws Exception {
        try (TestUser carol = TestUser.create(MoreIds.NONE);
                Installation home = carol.installation()) {
            Sandbox sandbox = startAs(carol, home);

            assertConfinedAndMapped(sandbox, carol.ids());
            assertThat(view(sandbox).status("Groups")).isNotEmpty();
            assertThat(confinement(sandbox)).contains("keeps its user's supplementary groups");
            Confined.leavesNothing(sandbox);
        }
    }

    /// Root reads what has no mode at all, so it takes another user to see this.
    @Test
    void a_directory_that_a_guest_closed_for_the_look_at_secrets_keeps_it_from_starting()
            throws Exception {
        try (TestUser erin = TestUser.create(MoreIds.NONE);
                Installation home = erin.installation()) {
            Project project = home.project("own");
            Path config = Files.createDirectory(project.path().resolve("config"));
            Files.writeString(config.resolve(".env"), "KEY=1\n");
            erin.own(home.projects());
            Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("---------"));

            Ended started = home.starting(project).run();

            assertThat(started.status()).isNotZero();
            assertThat(started.errors())
                    .contains("not every secret file can be masked", "config in it cannot be read")
                    .contains("fix:");
        }
    }

    private static Sandbox startAs(TestUser user, Installation home)
            throws IOException, InterruptedException {
        Project project = home.project("own");
        user.own(home.projects());
        return home.start(project);
    }

    private static void assertConfinedAndMapped(Sandbox sandbox, Owner owner)
            throws IOException, InterruptedException {
        ProcessView qemu = view(sandbox);
        Confined.worksAs(qemu, owner);
        Confined.isMapped(qemu, owner);
        Confined.seesOnlyItsFiles(qemu);
        assertThat(sandbox.says("id", "-u")).isEqualTo("1000");
        Confined.writesAs(sandbox, owner);
        assertThat(confinement(sandbox))
                .contains("works as user " + owner.uid(), "no capabilities");
    }

    private static ProcessView view(Sandbox sandbox) {
        return new ProcessView(sandbox.machinePid());
    }

    private static String confinement(Sandbox sandbox) throws InterruptedException {
        Ended status = sandbox.keystone("status", "--json").run().succeeds();
        return status.object().array("confinement").toString();
    }

    /// Those in a directory that belong to somebody.
    private static java.util.List<Path> filesOf(Owner owner, Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> uid(file) == owner.uid()).toList();
        }
    }

    private static int uid(Path file) {
        try {
            return (Integer) Files.getAttribute(file, "unix:uid");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
