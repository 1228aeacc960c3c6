package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Release;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Another keystone-agent is installed while sandboxes run.
@Tag("full")
@ExtendWith(Installations.class)
final class UpgradeIT {
    private static final int WRONG_STATE = 6;
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String COMMIT =
            "echo inside >made; git add made; git -c user.name=A -c user.email=a@b commit -qm Made";
    private static final String REMAINS = "keystone-agent.jar (deleted)";

    @Test
    void a_sandbox_goes_on_when_its_program_is_replaced(Installation home) throws Exception {
        Path prefix = home.root().resolve("program");
        Path program = release(home, "first").named("1.0", "aaaa").install(prefix);
        Project project = home.project("blue");
        Sandbox blue = start(home, program, project);

        // What the supervisor has not needed yet is not there any more.
        release(home, "second")
                .named("1.1", "bbbb")
                .without("/keystone/agent/task/*")
                .without("/keystone/agent/supervisor/Task{Course,Place}*")
                .install(prefix);

        Json.Obj status = says(home, program, "status", "blue", "--json").object();
        assertThat(status.string("state")).isEqualTo("running");
        assertThat(status.string("supervisorVersion")).isEqualTo("1.0");
        assertThat(status.number("sessions")).isZero();
        assertThat(says(home, program, "status", "blue").text())
                .contains("1.0 (aaaa), and this is 1.1 (bbbb): keystone-agent restart blue");
        assertThat(openFiles(blue.supervisorPid())).anyMatch(file -> file.endsWith(REMAINS));
        assertThat(says(home, program, "exec", "blue", "--", "echo", "in").text()).isEqualTo("in");
        assertThat(says(home, program, "ssh", "blue", "--", "echo", "in").text()).isEqualTo("in");
        String _ = says(home, program, "exec", "blue", "--", "sh", "-ec", COMMIT).text();
        assertThat(says(home, program, "sync", "blue").output()).contains("1 new commit");
        assertThat(project.read("made")).isEqualTo("inside\n");
        Ended task =
                on(home, program, "task", "run", "--in", "blue", "--agent", "shell", "echo done")
                        .in(project.path())
                        .within(LONG)
                        .run()
                        .succeeds();
        assertThat(task.output() + task.errors()).contains("done");
        Ended _ = says(home, program, "stop", "blue");
        assertThat(home.runs()).isEmpty();
        assertThat(home.processes()).isEmpty();
    }

    @Test
    void one_that_speaks_differently_sees_enters_and_stops_it_and_says_how_to_go_on(
            Installation home) throws Exception {
        Path earlier =
                release(home, "first").named("1.0", "aaaa").install(home.root().resolve("one"));
        Path later =
                release(home, "second")
                        .named("2.0", "cccc")
                        .withNextProtocol()
                        .install(home.root().resolve("two"));
        Project project = home.project("blue");
        Sandbox _ = start(home, earlier, project);

        assertThat(states(home, later)).containsExactly("running");
        assertThat(says(home, later, "exec", "blue", "--", "echo", "in").text()).isEqualTo("in");
        assertThat(says(home, later, "ssh", "blue", "--", "echo", "in").text()).isEqualTo("in");
        assertThat(says(home, later, "task", "list", "--json").objects()).isEmpty();
        Ended refused =
                on(home, later, "task", "run", "--in", "blue", "--agent", "shell", "true")
                        .in(project.path())
                        .run()
                        .endsWith(WRONG_STATE);
        assertThat(refused.errors())
                .contains("the supervisor of `blue` is 1.0 (aaaa) and this is 2.0 (cccc)")
                .contains("fix:   keystone-agent restart blue");
        assertThat(on(home, later, "net", "allow", "a.example", "--name", "blue").run().status())
                .isEqualTo(WRONG_STATE);

        Ended _ = on(home, later, "restart", "blue").within(LONG).run().succeeds();

        Json.Obj status = says(home, later, "status", "blue", "--json").object();
        assertThat(status.string("supervisorVersion")).isEqualTo("2.0");
        Ended _ = says(home, later, "net", "allow", "a.example", "--name", "blue");
        assertThat(says(home, earlier, "exec", "blue", "--", "echo", "in").text()).isEqualTo("in");
        assertThat(states(home, earlier)).containsExactly("running");
        assertThat(on(home, earlier, "net", "allow", "b.example", "--name", "blue").run().errors())
                .contains("is 2.0 (cccc) and this is 1.0 (aaaa)");
        Ended _ = says(home, earlier, "destroy", "-f", "blue");
        assertThat(home.kept()).isEmpty();
        assertThat(home.runs()).isEmpty();
    }

    private static Release release(Installation home, String name) throws Exception {
        return Release.ofThisBuild(home.root().resolve("checkouts").resolve(name));
    }

    private static Sandbox start(Installation home, Path program, Project project)
            throws InterruptedException {
        Ended _ =
                on(
                                home,
                                program,
                                "start",
                                "-d",
                                "--memory",
                                "512m",
                                "--cpus",
                                "1",
                                project.path().toString())
                        .within(LONG)
                        .run()
                        .succeeds();
        return home.sandbox("blue", project);
    }

    private static List<String> states(Installation home, Path program)
            throws InterruptedException {
        return says(home, program, "list", "--json").objects().stream()
                .map(each -> each.string("state"))
                .toList();
    }

    private static Ended says(Installation home, Path program, String... words)
            throws InterruptedException {
        return on(home, program, words).run().succeeds();
    }

    private static Invocation on(Installation home, Path program, String... words) {
        return home.program(program, words);
    }

    private static List<String> openFiles(long pid) throws Exception {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.map(UpgradeIT::target).toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
