package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SmallDisk;
import keystone.agent.it.Wait;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A guest that writes into its project until the host's disk is full: it is held before that, and
/// goes on, or is stopped, as its user likes.
@ExtendWith(Installations.class)
final class FullDiskIT {
    private static final int DISK_MIB = 2048;

    /// By which a start is not refused yet.
    private static final int TAKEN_MIB = 1400;

    /// By which little is left for a guest to write: an emulated one is slow.
    private static final int NEARLY_ALL_MIB = 1800;

    private static final int KEPT_FREE_MIB = DISK_MIB / 50;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void the_disk_is_not_filled_over_virtiofs() throws Exception {
        isHeldAndGoesOn("virtiofs");
    }

    @Test
    @Tag("full")
    void the_disk_is_not_filled_over_9p() throws Exception {
        isHeldAndGoesOn("9p");
    }

    private static void isHeldAndGoesOn(String driver) throws Exception {
        try (SmallDisk disk = SmallDisk.ofMib(DISK_MIB);
                Installation home = Installation.withOwnImages().withVirtiofsd()) {
            Project project = Project.create(disk.directory().resolve("shop"));
            Sandbox shop = home.start(project, "--share", driver);
            Path taken = fill(disk.directory().resolve("taken"), NEARLY_ALL_MIB);
            try (Background writing = shop.executing("sh", "-c", "yes >full; echo over").start()) {
                Wait.until("the guest is held", LIMIT, () -> state(shop).equals("broken"));

                assertThat(shop.status().string("problem"))
                        .contains("is held")
                        .contains("on the disk of " + project.path());
                assertThat(shop.status().string("fix")).contains("make room");
                assertThat(freeMib(disk)).isBetween(1L, (long) KEPT_FREE_MIB);
                long size = Files.size(project.path().resolve("full"));

                Files.delete(taken);
                Wait.until("it goes on", LIMIT, () -> state(shop).equals("running"));
                Wait.until("it writes", LIMIT, () -> sizeOf(project, "full") > size);
                shop.says("pkill", "-x", "yes");
                Wait.until("it ends", LIMIT, () -> writing.outputSoFar().contains("over"));
            }
        }
    }

    @Test
    @Tag("full")
    void a_guest_that_is_held_can_be_stopped_and_not_be_started() throws Exception {
        try (SmallDisk disk = SmallDisk.ofMib(DISK_MIB);
                Installation home = Installation.withOwnImages().withVirtiofsd()) {
            Project project = Project.create(disk.directory().resolve("shop"));
            fill(disk.directory().resolve("taken"), TAKEN_MIB);
            Sandbox shop = home.start(project);
            try (Background _ = shop.executing("sh", "-c", "yes >full").start()) {
                Wait.until("the guest is held", LIMIT, () -> state(shop).equals("broken"));

                shop.keystone("stop").run().succeeds();
            }
            assertThat(shop.processes()).isEmpty();
            Ended refused = shop.starting().run().endsWith(1);
            assertThat(refused.errors()).contains("MiB left on the disk of").contains("fix:");
        }
    }

    /// It is too late to keep the room free, but the guest does no more harm.
    @Test
    @Tag("full")
    void a_guest_that_takes_all_at_once_is_held_too() throws Exception {
        try (SmallDisk disk = SmallDisk.ofMib(DISK_MIB);
                Installation home = Installation.withOwnImages().withVirtiofsd()) {
            Project project = Project.create(disk.directory().resolve("shop"));
            fill(disk.directory().resolve("taken"), TAKEN_MIB);
            Sandbox shop = home.start(project, "--share", "virtiofs");
            String size = (DISK_MIB - TAKEN_MIB - KEPT_FREE_MIB / 2) + "M";
            try (Background _ = shop.executing("fallocate", "-l", size, "full").start()) {
                Wait.until("the guest is held", LIMIT, () -> state(shop).equals("broken"));

                // Removed, it would take its room until the guest forgets it, which it cannot.
                Files.write(project.path().resolve("full"), new byte[0]);
                Wait.until("it goes on", LIMIT, () -> state(shop).equals("running"));
                assertThat(shop.says("echo", "again")).isEqualTo("again");
            }
        }
    }

    private static Path fill(Path file, int mib) throws Exception {
        byte[] block = new byte[1 << 20];
        try (var taken = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < mib; i++) {
                taken.write(block);
            }
        }
        return file;
    }

    private static long freeMib(SmallDisk disk) throws Exception {
        return Files.getFileStore(disk.directory()).getUsableSpace() >> 20;
    }

    private static long sizeOf(Project project, String file) {
        return project.path().resolve(file).toFile().length();
    }

    private static String state(Sandbox sandbox) {
        try {
            return sandbox.state();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
