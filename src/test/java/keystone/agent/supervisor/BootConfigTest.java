package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import keystone.agent.model.Owner;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.RunDir;
import keystone.agent.workspace.ProjectOwner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootConfigTest {
    private static final byte[] CONTENT = "secret".getBytes(StandardCharsets.UTF_8);
    private static final Owner ALICE = new Owner(61234, 61234);

    /// Each a chance to meet one on its way.
    private static final int SWEEPS = 5_000;

    @TempDir Path temporary;

    /// Of this test alone, as is what it puts into the memory of all: others may run at this
    /// moment, and one that was killed has left its own there.
    private RunDir run() {
        return new RunDir(temporary.resolve("run-" + temporary.getFileName()));
    }

    private Path theirs() {
        return Path.of("/dev/shm/keystone-agent-" + run().path().getFileName() + "-theirs");
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
        Path theirs = theirs();
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

    @Test
    void whoever_makes_such_names_come_and_go_keeps_nobody_from_a_sweep() throws Exception {
        assumeTrue(ProjectOwner.self().isRoot(), "only root can give files away");
        Path theirs = theirs();
        Path hidden = theirs.resolveSibling("hidden-" + theirs.getFileName());
        var over = new AtomicBoolean();
        Files.createFile(hidden);
        Files.setAttribute(hidden, "unix:uid", ALICE.uid());
        var moving =
                new FutureTask<Void>(
                        () -> {
                            while (!over.get()) {
                                Files.move(hidden, theirs);
                                Files.move(theirs, hidden);
                            }
                            return null;
                        });
        Thread.ofPlatform().start(moving);
        try {
            for (int i = 0; i < SWEEPS; i++) {
                BootConfig.sweep(run());
            }
        } finally {
            over.set(true);
            moving.get(1, TimeUnit.MINUTES);
            Files.delete(hidden);
        }
    }
}
