package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
}
