package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import keystone.agent.model.Owner;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.RunDir;
import keystone.agent.workspace.ProjectOwner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootConfigTest {
    private static final byte[] CONTENT = "secret".getBytes(StandardCharsets.UTF_8);
    private static final Owner ALICE = new Owner(61234, 61234);

    @TempDir Path temporary;

    private RunDir run() {
        return new RunDir(temporary.resolve("run-of-a-test"));
    }

    @Test
    void whoever_gets_the_file_cannot_put_another_in_its_place() throws IOException {
        assumeTrue(ProjectOwner.self().isRoot(), "only root works as somebody else");
        var config = new BootConfig(run());
        try {
            config.write(CONTENT, ALICE);

            assertThat(Files.getAttribute(config.file(), "unix:uid")).isEqualTo(ALICE.uid());
            Path directory = config.file().getParent();
            assertThat(Files.getAttribute(directory, "unix:uid")).isEqualTo(0);
            assertThat(Files.getPosixFilePermissions(directory))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        } finally {
            config.close();
        }
        assertThat(config.file().getParent()).doesNotExist();
    }

    @Test
    void a_sweep_takes_ours_and_leaves_what_others_put_there() throws IOException {
        assumeTrue(ProjectOwner.self().isRoot(), "only root is let into what is others'");
        var left = new BootConfig(run());
        left.write(CONTENT, ALICE);
        Path theirs = Path.of("/dev/shm/keystone-agent-run-of-a-test-theirs");
        Files.createDirectories(theirs.resolve("deep"));
        Files.setAttribute(theirs, "unix:uid", ALICE.uid(), LinkOption.NOFOLLOW_LINKS);
        try {
            BootConfig.sweep(run());

            assertThat(left.file().getParent()).doesNotExist();
            assertThat(theirs.resolve("deep")).isDirectory();
        } finally {
            PrivateFiles.deleteTree(theirs);
        }
    }
}
