package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The project's own `bin` is first in the user's `PATH`, as direnv puts it there, and the agent
/// has filled it with programs for this host to run.
@ExtendWith(Installations.class)
class ProjectProgramsIT {
    private static final List<String> PROGRAMS =
            List.of(
                    "ssh",
                    "ssh-keygen",
                    "setsid",
                    "setpriv",
                    "unshare",
                    "bwrap",
                    "qemu-system-x86_64",
                    "qemu-img",
                    "mkfs.ext4",
                    "newuidmap",
                    "newgidmap",
                    "systemd-run",
                    "git",
                    "readlink",
                    "sed");

    @Test
    void this_host_runs_none_of_them(Installation home) throws Exception {
        Project project = home.project("trap");
        Path trap = home.root().resolve("sprung");
        fill(Files.createDirectories(project.path().resolve("bin")), trap);
        // A link to the launcher makes it look for itself.
        Path ka = Files.createSymbolicLink(home.root().resolve("ka"), home.launcher());
        String path = project.path().resolve("bin") + ":" + System.getenv("PATH");

        home.starting(project).in(project.path()).with("PATH", path).run().succeeds();
        Sandbox sandbox = home.sandbox("trap", project);
        assertThat(
                        sandbox.executing("echo", "in the guest")
                                .in(project.path())
                                .with("PATH", path)
                                .run()
                                .succeeds()
                                .text())
                .isEqualTo("in the guest");
        sandbox.keystone("restart").with("PATH", path).run().succeeds();
        home.keystone("doctor").in(project.path()).with("PATH", path).run();
        home.program(ka, "list").in(project.path()).with("PATH", path).run().succeeds();

        assertThat(trap).doesNotExist();
    }

    private static void fill(Path bin, Path trap) throws IOException {
        for (String name : PROGRAMS) {
            Path program =
                    Files.createFile(
                            bin.resolve(name),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwxr-xr-x")));
            Files.writeString(program, "#!/bin/sh\necho %s >>'%s'\n".formatted(name, trap));
        }
    }
}
