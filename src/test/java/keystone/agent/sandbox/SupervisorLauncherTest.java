package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TestSandboxes;
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
                .service(dir)
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
                        "--unit=keystone-agent-%s-%d"
                                .formatted(id(), ProcessHandle.current().pid()),
                        "--description=keystone-agent sandbox blue",
                        "--property=Type=exec",
                        "--property=KillMode=control-group",
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

    private String id() {
        return String.valueOf(dir.run().path().getFileName());
    }
}
