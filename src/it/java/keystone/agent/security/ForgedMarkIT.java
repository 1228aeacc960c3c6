package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.ProcessTable;
import keystone.agent.process.ProcessTable.Marked;
import keystone.agent.security.TestUser.MoreIds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Root works in a project of alice's. Neither she nor a stranger can pass processes off as the
/// sandbox's: they are not signalled, break nothing and hold nothing up. Needs root, to be
/// everybody.
@ExtendWith({Installations.class, RootRequired.class})
class ForgedMarkIT {
    private TestUser alice;
    private TestUser mallory;

    @BeforeEach
    void come() throws InterruptedException {
        alice = TestUser.create(MoreIds.NONE);
        mallory = TestUser.create(MoreIds.NONE);
    }

    @AfterEach
    void go() {
        alice.close();
        mallory.close();
    }

    @Test
    void forged_marks_break_no_sandbox_and_end_no_process(Installation home) throws Exception {
        Sandbox sandbox = start(home);
        Path run = sandbox.dir().run().path();

        try (var forged = new Forged(run, alice, mallory)) {
            sandbox.keystone("stop").run().succeeds();
            assertThat(sandbox.state()).isEqualTo("stopped");
            assertThat(forged.living()).isEqualTo(4);

            sandbox.starting().run().succeeds();
            Kernel.freeze(sandbox.supervisorPid());
            sandbox.keystone("stop", "--force").run().succeeds();
            assertThat(sandbox.state()).isEqualTo("stopped");
            assertThat(forged.living()).isEqualTo(4);
        }
    }

    @Test
    void the_machine_of_another_users_project_is_known_by_its_session(Installation home)
            throws Exception {
        Sandbox sandbox = start(home);
        Path run = sandbox.dir().run().path();

        Marked machine =
                ProcessTable.marked(ProcessTable.CHILD_MARK, run).stream()
                        .filter(each -> each.identity().pid() == sandbox.machinePid())
                        .findFirst()
                        .orElseThrow();

        assertThat(machine.isOurs()).isFalse();
        assertThat(Files.readString(run.resolve("session")))
                .startsWith(machine.session() + " " + machine.identity().bootId());
        assertThat(Files.getAttribute(run, "unix:uid")).isEqualTo(0);
        Confined.leavesNothing(sandbox);
    }

    private Sandbox start(Installation home) throws IOException, InterruptedException {
        Project project = home.project("alices");
        alice.own(project.path());
        return home.start(project, "--share", "9p");
    }

    /// For each user a process that says it is a child of the sandbox's supervisor, and one that
    /// says it is that supervisor.
    private static final class Forged implements AutoCloseable {
        private final List<OwnedProcess> processes = new ArrayList<>();

        Forged(Path run, TestUser... users) throws IOException {
            for (TestUser user : users) {
                for (String mark : List.of(ProcessTable.CHILD_MARK, ProcessTable.SUPERVISOR_MARK)) {
                    OwnedProcess forged =
                            Command.of(user.prefix())
                                    .with("sh", "-c", "echo; read x")
                                    .withEnvironment(mark, run.toString())
                                    .start();
                    processes.add(forged);
                    assertThat(forged.output().read()).isEqualTo('\n');
                }
            }
        }

        long living() {
            return processes.stream().filter(OwnedProcess::isAlive).count();
        }

        @Override
        public void close() {
            processes.forEach(OwnedProcess::close);
        }
    }
}
