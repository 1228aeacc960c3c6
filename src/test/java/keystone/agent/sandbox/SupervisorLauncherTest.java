package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TestSandboxes;
import keystone.agent.supervisor.SupervisorClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The exact call of systemd-run, for hosts on which systemd runs for the user.
final class SupervisorLauncherTest {
    @TempDir Path temporary;
    private SandboxDir dir;

    @BeforeEach
    void create() {
        dir = TestSandboxes.blue(temporary);
    }

    private List<String> service(Map<String, String> environment) {
        return new SupervisorLauncher("/opt/bin/keystone-agent", environment)
                .service(dir, 1)
                .arguments();
    }

    @Test
    void the_supervisor_is_a_service_whose_whole_control_group_ends_with_it() {
        Map<String, String> environment = Map.of("HOME", "/home/ada", "PATH", "/usr/bin");

        assertThat(service(environment))
                .containsExactly(
                        "systemd-run",
                        "--user",
                        "--quiet",
                        "--collect",
                        "--unit=keystone-agent-%s-%d-1"
                                .formatted(id(), ProcessHandle.current().pid()),
                        "--description=keystone-agent sandbox blue",
                        "--property=Type=exec",
                        "--property=KillMode=control-group",
                        "--property=TimeoutStopSec=130",
                        "--property=StandardOutput=append:" + dir.supervisorLog(),
                        "--property=StandardError=append:" + dir.supervisorLog(),
                        "--setenv=HOME=/home/ada",
                        "--setenv=PATH=/usr/bin",
                        "--setenv=KEYSTONE_AGENT_SUPERVISOR_OF=" + dir.run().path(),
                        "--",
                        "/opt/bin/keystone-agent",
                        "supervise",
                        "blue");
    }

    /// Anybody of the user may read a unit; the environment of the sessions travels on the control
    /// socket instead.
    @Test
    void what_is_not_about_places_and_programs_stays_out_of_the_unit() {
        var environment = new TreeMap<>(Map.of("HOME", "/home/ada"));
        environment.put("ANTHROPIC_API_KEY", "sesame");
        environment.put("KEYSTONE_AGENT_TOKEN", "sesame");

        assertThat(String.join("\n", service(environment))).doesNotContain("sesame");
    }

    @Test
    void one_that_finds_the_lock_held_is_started_again_until_it_is_clear_that_none_will_come()
            throws Exception {
        Path starts = temporary.resolve("starts");
        Path program = program("echo x >>%s; exit 75".formatted(starts));

        long began = System.nanoTime();
        assertThatThrownBy(() -> launch(program))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("with status 75");

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
        assertThat(starts).content().hasLineCount(4);
    }

    /// As systemd-run does, whatever becomes of the supervisor.
    @Test
    void one_that_is_gone_though_whoever_started_it_ended_well_is_missed() throws Exception {
        Path program = program("exit 0");

        assertThatThrownBy(() -> launch(program))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error ->
                                assertThat(error.fix())
                                        .isEqualTo("keystone-agent logs blue --source supervisor"));
    }

    private Path program(String script) throws IOException {
        Path program = temporary.resolve("program");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program;
    }

    private void launch(Path program) throws InterruptedException {
        var launcher = new SupervisorLauncher(program.toString(), Map.of());
        launcher.launch(dir, SupervisorClient.Listener.none()).close();
    }

    private String id() {
        return String.valueOf(dir.run().path().getFileName());
    }
}
