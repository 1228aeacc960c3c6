package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A host whose disk runs full while a layer is made.
@ExtendWith(Installations.class)
final class LayerFullDiskIT {
    /// More than the image and the checks before a build need.
    private static final int ROOM_MIB = 1500;

    private static final Duration LIMIT = Duration.ofMinutes(4);

    /// From the full disk to the message: far from what a lost connection would take.
    private static final Duration SOON = Duration.ofMinutes(1);

    @Test
    void the_start_says_so_at_once_and_leaves_nothing() throws Exception {
        try (SmallDisk disk = SmallDisk.ofMib(ROOM_MIB);
                Installation home = Installation.withOwnImagesOn(disk.directory())) {
            Project project = home.project("large");
            project.write(
                    ".keystone/agent.toml",
                    "[image]\nsetup = 'echo begun; head -c 900M /dev/urandom >/large; sync'\n");
            home.keystone("config", "approve", "--yes", project.path().toString()).run().succeeds();

            Ended failed = startOnDiskThatRunsFull(home, project, disk);

            assertThat(failed.errors())
                    .contains("the disk of " + home.images(), " is full")
                    .contains("fix:   make room there, such as with: keystone-agent image rm");
            assertThat(home.processes()).isEmpty();
            assertThat(home.runs()).isEmpty();
            assertThat(home.kept()).isEmpty();
            assertThat(Shelves.unfinished(home)).isEmpty();
        }
    }

    private static Ended startOnDiskThatRunsFull(Installation home, Project project, SmallDisk disk)
            throws Exception {
        try (Hold hold = Hold.at("image:setup:");
                Background start = home.starting(project).with(hold).start()) {
            hold.await(LIMIT);
            disk.fill();
            hold.release();
            return start.await(SOON).endsWith(1);
        }
    }
}
