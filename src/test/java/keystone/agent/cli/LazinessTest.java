package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a command does not need is not loaded: start-up is most of what a short command costs.
final class LazinessTest {
    private static final String ROOM = "keystone.agent.cli.";

    @Test
    void list_status_and_exec_load_no_parser_and_no_other_command() throws Exception {
        assertThat(loadedBy("list", "--json"))
                .contains(ROOM + "ListCommand")
                .noneMatch(name -> name.startsWith("picocli."))
                .noneMatch(name -> name.startsWith("com.electronwill."))
                .noneMatch(name -> name.equals(ROOM + "StartCommand"));
        assertThat(loadedBy("status", "blue"))
                .contains(ROOM + "StatusCommand")
                .noneMatch(name -> name.startsWith("picocli."));
        assertThat(loadedBy("exec", "blue", "--", "true"))
                .contains(ROOM + "ExecCommand")
                .noneMatch(name -> name.startsWith("picocli."))
                .noneMatch(name -> name.startsWith("com.electronwill."));
    }

    @Test
    void another_command_loads_its_own_class_only() throws Exception {
        assertThat(loadedBy("stop", "blue"))
                .contains(ROOM + "StopCommand", "picocli.CommandLine")
                .doesNotContain(ROOM + "StartCommand", ROOM + "DoctorCommand")
                .noneMatch(name -> name.startsWith("com.electronwill."));
    }

    @Test
    void the_overview_loads_no_command_at_all() throws Exception {
        assertThat(loadedBy("--help"))
                .noneMatch(name -> name.startsWith(ROOM) && name.endsWith("Command"))
                .noneMatch(name -> name.startsWith("picocli."));
    }

    private static List<String> loadedBy(String... words) throws Exception {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xlog:class+load:stdout:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LazinessProbe.class.getName()));
        command.addAll(List.of(words));
        Process probe = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(probe.waitFor()).as(output).isZero();
        return output.lines().map(line -> line.split(" ", 2)[0]).toList();
    }
}
