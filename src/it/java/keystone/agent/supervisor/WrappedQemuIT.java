package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A wrapper script stands between us and QEMU, as distributions and Nix have them: what we start
/// is not what must end.
@ExtendWith(Installations.class)
final class WrappedQemuIT {
    private static final String QEMU = "qemu-system-x86_64";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// Neither reacts to TERM nor passes it on.
    private static final String DEAF =
            """
            #!/bin/sh
            trap '' TERM HUP INT
            "%s" "$@"
            exit $?
            """;

    /// QEMU gets a session of its own, out of reach of signals to our process group.
    private static final String DETACHING =
            """
            #!/bin/sh
            exec 3<&0
            setsid "%s" "$@" <&3 &
            wait
            """;

    @Test
    void the_pid_we_show_is_qemus_and_a_stop_ends_it(Installation home) throws Exception {
        Sandbox shop = startWith(DEAF, home);
        Json.Obj status = shop.status();
        int port = (int) status.object("ssh").number("port");
        assertThat(status.number("pid")).isEqualTo(shop.machinePid());
        assertThat(wrapper(shop)).isNotEqualTo(shop.machinePid());
        // The worst of both: QEMU does not react, and TERM does not reach it.
        Kernel.freeze(shop.machinePid());

        shop.keystone("stop", "--force").run().succeeds();

        assertThat(shop.processes()).isEmpty();
        assertThat(Kernel.listens(port)).isFalse();
        assertThat(shop.state()).isEqualTo("stopped");
    }

    @Test
    void qemu_does_not_outlive_a_wrapper_that_was_killed(Installation home) throws Exception {
        Sandbox shop = startWith(DETACHING, home);
        long qemu = shop.machinePid();

        Kernel.kill(wrapper(shop));

        Wait.until("QEMU has ended", LIMIT, () -> !Kernel.isAlive(qemu));
        Wait.until("all of it has ended", LIMIT, () -> shop.processes().isEmpty());
        assertThat(shop.state()).isEqualTo("broken");
        shop.starting().run().succeeds();
        assertThat(shop.machinePid()).isNotEqualTo(qemu);
    }

    private static Sandbox startWith(String script, Installation home) throws Exception {
        Path programs = Files.createDirectory(home.root().resolve("bin"));
        install(script, programs.resolve(QEMU));
        Project project = home.project("shop");
        String path = programs + ":" + System.getenv("PATH");
        home.starting(project).with("PATH", path).run().succeeds();
        return home.sandbox("shop", project);
    }

    private static void install(String script, Path file) throws IOException {
        String real = Programs.locate(QEMU).orElseThrow().toString();
        Files.writeString(file, script.formatted(real));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// The shell that runs the script.
    private static long wrapper(Sandbox sandbox) {
        return sandbox.processes().stream()
                .filter(each -> each.commandLine().startsWith("/bin/sh "))
                .filter(each -> each.commandLine().contains(QEMU))
                .findFirst()
                .orElseThrow(() -> new AssertionError(sandbox.processes()))
                .pid();
    }
}
