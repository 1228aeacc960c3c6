package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final MountTable TABLE =
            MountTable.parse(
                    """
                    22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
                    23 22 0:30 /@home /home rw shared:2 - btrfs /dev/sda2 rw
                    24 23 8:1 /srv/a\\040b\\134c /home/ada/linked rw - ext4 /dev/sda1 rw
                    25 22 0:40 / /mnt rw - tmpfs tmpfs rw
                    26 22 0:41 / /mnt rw - tmpfs tmpfs rw
                    """);

    @Test
    void a_path_belongs_to_the_nearest_mount_above_it() {
        assertPlace("/usr/bin", "8:1", "/usr/bin");
        assertPlace("/home/ada/project", "0:30", "/@home/ada/project");
        assertPlace("/homes", "8:1", "/homes");
    }

    @Test
    void a_mount_point_means_what_is_mounted_there() {
        assertPlace("/home/ada/linked", "8:1", "/srv/a b\\c");
        assertPlace("/home/ada/linked/x", "8:1", "/srv/a b\\c/x");
    }

    @Test
    void of_two_mounts_at_one_point_the_last_is_seen() {
        assertPlace("/mnt/x", "0:41", "/x");
    }

    @Test
    void a_name_that_is_no_text_is_one_like_every_other() {
        MountTable table =
                MountTable.parse(
                        "24 23 8:1 /a\u00ff /b\u00fe\\040/c rw - ext4 /dev/\u00c3\u00a4 rw\n");
        Path point = Path.of("/").resolve(RawPath.ofName("b\u00fe /c"));

        assertThat(table.find(point.resolve("d")))
                .map(place -> RawPath.linkOf(place.path()))
                .contains("/a\u00ff/d");
        assertThat(table.ofType("ext4"))
                .containsExactly(new MountTable.Mounted(point, "/dev/\u00e4"));
    }

    @Test
    void the_kernels_own_table_is_understood() {
        assertThat(MountTable.ofThisProcess().find(Path.of("/proc/self")))
                .map(MountTable.Place::path)
                .contains(Path.of("/self"));
    }

    private static void assertPlace(String path, String device, String expected) {
        assertThat(TABLE.find(Path.of(path)))
                .contains(new MountTable.Place(device, Path.of(expected)));
    }
}
