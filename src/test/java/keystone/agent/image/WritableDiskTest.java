package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritableDiskTest {
    private static final long GIB = 1L << 30;

    @TempDir Path temporary;

    @Test
    void a_large_disk_takes_little_space_and_is_private() throws Exception {
        Path disk = temporary.resolve("disk.qcow2");

        WritableDisk.create(disk, 20 * GIB);

        assertThat(Qcow2Header.read(disk).virtualBytes()).isEqualTo(20 * GIB);
        assertThat(Files.size(disk)).isLessThan(16 << 20);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk)))
                .isEqualTo("rw-------");
        assertThat(temporary).isDirectoryContaining(disk::equals);
        assertThat(temporary.toFile().list()).containsExactly("disk.qcow2");
    }

    @Test
    void a_disk_grows_and_never_shrinks() throws Exception {
        Path disk = temporary.resolve("disk.qcow2");
        WritableDisk.create(disk, GIB);

        WritableDisk.grow(disk, 2 * GIB);
        WritableDisk.grow(disk, GIB);

        assertThat(Qcow2Header.read(disk).virtualBytes()).isEqualTo(2 * GIB);
    }

    /// Root could open what the owner may not, and a header can name other files.
    @Test
    void a_disk_of_another_user_is_grown_with_that_users_rights() throws Exception {
        assumeTrue(HostUser.current().isRoot(), "only root can give files away");
        Path closed = Files.createDirectory(temporary.resolve("private"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        Path directory = Files.createDirectory(closed.resolve("vm"));
        Path disk = directory.resolve("disk.qcow2");
        WritableDisk.create(disk, GIB);
        for (Path each : List.of(directory, disk)) {
            Files.setAttribute(each, "unix:uid", 61234);
            Files.setAttribute(each, "unix:gid", 61234);
        }

        WritableDisk.grow(disk, 2 * GIB);
        assertThat(Qcow2Header.read(disk).virtualBytes()).isEqualTo(2 * GIB);

        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("r--------"));
        assertThatThrownBy(() -> WritableDisk.grow(disk, 3 * GIB))
                .isInstanceOfSatisfying(
                        ToolFailed.class,
                        failed -> assertThat(failed.lastError()).contains("Permission denied"));
    }
}
