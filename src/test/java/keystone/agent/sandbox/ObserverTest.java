package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import keystone.agent.model.SandboxState;
import keystone.agent.model.SandboxState.Broken;
import keystone.agent.model.SandboxState.Stopped;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.ProcessTable;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.SupervisorLock;
import keystone.agent.store.TestSandboxes;
import keystone.agent.workspace.ProjectOwner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObserverTest {
    @TempDir Path temporary;
    private SandboxDir dir;

    @BeforeEach
    void create() {
        dir = TestSandboxes.blue(temporary);
    }

    private SandboxState seen() throws InterruptedException {
        return Observer.ofThisHost().observe(dir).state();
    }

    private void runDirectoryOf(String bootId) {
        PrivateFiles.createDirectories(dir.run().path());
        PrivateFiles.replace(dir.run().bootId(), bootId + "\n");
    }

    @Test
    void a_sandbox_of_which_nothing_runs_is_stopped() throws Exception {
        assertThat(seen()).isEqualTo(new Stopped());
    }

    @Test
    void a_run_directory_that_a_restart_of_the_machine_left_is_no_crash() throws Exception {
        runDirectoryOf("another boot");

        assertThat(seen()).isEqualTo(new Stopped());
    }

    @Test
    void a_run_directory_without_a_supervisor_is_a_crash() throws Exception {
        runDirectoryOf(ProcessIdentity.currentBootId());

        assertThat(seen())
                .isInstanceOfSatisfying(
                        Broken.class,
                        broken -> assertThat(broken.fix()).contains("start --name blue"));
    }

    @Test
    void a_crash_that_could_be_explained_is_explained() throws Exception {
        runDirectoryOf(ProcessIdentity.currentBootId());
        PrivateFiles.replace(
                dir.run().problem(), "{\"problem\": \"it burned\", \"fix\": \"put it out\"}");

        assertThat(seen()).isEqualTo(new Broken("it burned", "put it out"));
    }

    @Test
    void a_process_that_outlived_its_supervisor_is_seen() throws Exception {
        Command child =
                Command.of("sh", "-c", "sleep 983 & echo; read x")
                        .withEnvironment(ProcessTable.CHILD_MARK, dir.run().path().toString());
        try (OwnedProcess process = child.start()) {
            // On its way through setsid and setpriv it has no environment for moments.
            assertThat(process.output().read()).isEqualTo('\n');
            assertThat(seen())
                    .isInstanceOfSatisfying(
                            Broken.class,
                            broken ->
                                    assertThat(broken.problem())
                                            .startsWith("its supervisor is gone but"));
        }
        assertThat(seen()).isEqualTo(new Stopped());
    }

    @Test
    void a_process_of_another_user_proves_nothing_unless_it_was_born_in_our_session()
            throws Exception {
        assumeTrue(ProjectOwner.self().isRoot(), "only root can be somebody else");
        runDirectoryOf(ProcessIdentity.currentBootId());
        Command theirs =
                Command.of("setpriv", "--reuid=65534", "sh", "-c", "echo; read x")
                        .withEnvironment(ProcessTable.CHILD_MARK, dir.run().path().toString());
        try (OwnedProcess process = theirs.start()) {
            assertThat(process.output().read()).isEqualTo('\n');
            assertThat(seen())
                    .isInstanceOfSatisfying(Broken.class, ObserverTest::assertOnlyCrashed);
            PrivateFiles.replace(dir.run().session(), process.pid() + " another boot\n");
            assertThat(seen())
                    .isInstanceOfSatisfying(Broken.class, ObserverTest::assertOnlyCrashed);

            PrivateFiles.replace(
                    dir.run().session(),
                    "1234567 " + process.pid() + " " + ProcessIdentity.currentBootId() + "\n");
            assertThat(seen())
                    .isInstanceOfSatisfying(
                            Broken.class,
                            broken ->
                                    assertThat(broken.problem())
                                            .startsWith("its supervisor is gone but 1"));
        }
    }

    private static void assertOnlyCrashed(Broken broken) {
        assertThat(broken.problem()).startsWith("its supervisor ended without cleaning up");
    }

    @Test
    void a_supervisor_that_has_just_taken_the_lock_is_starting() throws Exception {
        try (SupervisorLock _ = dir.tryLock().orElseThrow()) {
            assertThat(seen()).isInstanceOf(SandboxState.Starting.class);
        }
    }

    @Test
    void another_sandboxs_processes_are_none_of_ours() throws Exception {
        Command child =
                Command.of("sleep", "982").withEnvironment(ProcessTable.CHILD_MARK, "/run/another");
        try (OwnedProcess _ = child.start()) {
            assertThat(seen()).isEqualTo(new Stopped());
        }
    }
}
