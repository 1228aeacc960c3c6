package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.SharedSandbox;
import keystone.agent.it.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Starts that cannot work: refused in two lines, with nothing left behind.
@ExtendWith(Installations.class)
final class RefusalIT {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int NOT_FOUND = 3;

    @Test
    void more_memory_than_the_host_has(Installation home) throws Exception {
        Ended refused = home.starting(home.project("shop"), "--memory", "9000g").run();

        assertRefused(refused, FAILED, "9000g", "--memory");
        assertNothingWasMade(home);
    }

    @Test
    void a_project_that_is_not_there(Installation home) throws Exception {
        Path nowhere = home.projects().resolve("nowhere");

        Ended refused = home.keystone("start", "-d", nowhere.toString()).run();

        assertRefused(refused, USAGE, nowhere.toString(), "");
        assertNothingWasMade(home);
    }

    @Test
    void a_project_that_is_a_file(Installation home) throws Exception {
        Path file = Files.createFile(home.projects().resolve("file"));

        Ended refused = home.keystone("start", "-d", file.toString()).run();

        assertRefused(refused, USAGE, file.toString(), "");
        assertNothingWasMade(home);
    }

    @Test
    void what_holds_more_than_one_project(Installation home) throws Exception {
        List<String> tooMuch =
                List.of("/", "/etc", home.userHome().toString(), home.root().toString());

        for (String directory : tooMuch) {
            assertRefused(home.keystone("start", "-d", directory).run(), USAGE, directory, "");
        }
        assertNothingWasMade(home);
    }

    @Test
    void the_home_directory_when_one_just_types_start(Installation home) throws Exception {
        Ended refused = home.keystone("start", "-d").in(home.userHome()).run();

        assertRefused(refused, USAGE, home.userHome().toString(), "keystone-agent start PROJECT");
        assertNothingWasMade(home);
    }

    @Test
    void our_own_files(Installation home) throws Exception {
        String state = home.state().toString();

        assertRefused(home.keystone("start", "-d", state).run(), USAGE, state, "");
        assertNothingWasMade(home);
    }

    @Test
    void a_name_that_cannot_be_one(Installation home) throws Exception {
        Ended refused = home.starting(home.project("shop"), "--name", "../evil").run();

        assertRefused(refused, USAGE, "../evil", "");
        assertNothingWasMade(home);
    }

    @Test
    void the_name_of_another_project(SharedSandbox shared) throws Exception {
        Installation home = shared.home();
        Project other = home.project("other");
        List<String> before = home.kept();

        Ended refused = home.starting(other, "--name", shared.sandbox().name()).run();

        assertRefused(refused, USAGE, shared.project().path().toString(), "--name");
        assertThat(home.kept()).isEqualTo(before);
    }

    @Test
    void a_disk_without_space() throws Exception {
        try (SmallDisk disk = SmallDisk.ofMib(64);
                Installation home = Installation.on(disk.directory())) {
            Ended refused = home.starting(home.project("shop")).run();

            assertRefused(refused, FAILED, "MiB left", "prune");
            assertNothingWasMade(home);
        }
    }

    @Test
    void what_the_guest_must_never_see(Installation home) throws Exception {
        Path keys = Files.createDirectory(home.userHome().resolve(".ssh"));
        Project project = home.project("shop");

        for (String host : List.of("/", home.userHome().toString(), keys.toString())) {
            Ended refused = home.starting(project, "--mount", host + ":/data").run();
            assertRefused(refused, USAGE, host, "");
        }
        assertNothingWasMade(home);
    }

    @Test
    void verbs_on_a_sandbox_that_does_not_exist(Installation home) throws Exception {
        for (String verb : List.of("stop", "status", "restart", "ssh", "attach", "logs")) {
            assertRefused(home.keystone(verb, "ghost").run(), NOT_FOUND, "ghost", "list");
        }
        Ended refused = home.keystone("exec", "ghost", "--", "true").run();
        assertRefused(refused, NOT_FOUND, "ghost", "list");
    }

    private static void assertRefused(Ended refused, int status, String problem, String fix) {
        refused.endsWith(status);
        assertThat(refused.output()).isEmpty();
        List<String> lines = refused.errors().lines().toList();
        assertThat(lines).as("%s", refused).hasSize(2);
        assertThat(lines.getFirst()).startsWith("error: ").contains(problem);
        assertThat(lines.getLast()).startsWith("fix:   ").contains(fix);
    }

    private static void assertNothingWasMade(Installation home) {
        assertThat(home.kept()).isEmpty();
        assertThat(home.runs()).isEmpty();
        assertThat(home.processes()).isEmpty();
    }
}
