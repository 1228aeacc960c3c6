package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import keystone.agent.it.Background;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Several starts at the same time.
@ExtendWith(Installations.class)
final class CrowdIT {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Test
    void two_starts_at_once_boot_one_machine(Installation home) throws Exception {
        Project project = home.project("shop");

        try (Background first = home.starting(project).start();
                Background second = home.starting(project).start()) {
            first.await(PATIENCE).succeeds();
            second.await(PATIENCE).succeeds();
        }

        assertThat(home.kept()).containsExactly("shop");
        assertThat(machines(home)).hasSize(1);
        assertThat(home.sandbox("shop", project).says("echo", "usable")).isEqualTo("usable");
    }

    @Test
    void three_projects_of_one_name_get_a_name_and_a_port_each(Installation home) throws Exception {
        List<Sandbox> crowd = startAtOnce(home, 3);

        assertThat(crowd).extracting(Sandbox::name).containsExactly("shop", "shop-2", "shop-3");
        assertEachHasItsOwn(home, crowd);
    }

    @Test
    @Tag("full")
    @Tag("full-lifecycle")
    void ten_at_once_get_a_name_and_a_port_each(Installation home) throws Exception {
        assertEachHasItsOwn(home, startAtOnce(home, 10));
    }

    private static List<Sandbox> startAtOnce(Installation home, int count) throws Exception {
        var projects = new ArrayList<Project>();
        var starts = new ArrayList<Background>();
        for (int i = 0; i < count; i++) {
            Project project = home.project(i + "/shop");
            project.write("who", "project " + i + "\n");
            projects.add(project);
        }
        projects.forEach(project -> starts.add(home.starting(project).within(PATIENCE).start()));
        for (Background start : starts) {
            start.await(PATIENCE).succeeds();
        }
        List<String> names = home.kept();
        assertThat(names).hasSize(count);
        // The order in which they got their names is chance.
        return names.stream().map(name -> home.sandbox(name, projects.getFirst())).toList();
    }

    private static void assertEachHasItsOwn(Installation home, List<Sandbox> crowd)
            throws Exception {
        var ports = new TreeSet<Long>();
        var projects = new TreeSet<String>();
        for (Sandbox sandbox : crowd) {
            Json.Obj status = sandbox.status();
            long port = status.object("ssh").number("port");
            assertThat(Kernel.listens((int) port)).isTrue();
            ports.add(port);
            projects.add(sandbox.says("cat", "/workspace/who"));
        }
        assertThat(ports).hasSameSizeAs(crowd);
        assertThat(projects)
                .containsExactlyElementsOf(
                        IntStream.range(0, crowd.size()).mapToObj(i -> "project " + i).toList());
        assertThat(machines(home)).hasSameSizeAs(crowd);
    }

    private static List<Kernel.Seen> machines(Installation home) {
        return home.processes().stream()
                .filter(process -> Kernel.program(process.pid()).contains("qemu-system-"))
                .toList();
    }
}
