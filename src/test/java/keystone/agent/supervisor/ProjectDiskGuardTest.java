package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.supervisor.ProjectDiskGuard.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProjectDiskGuardTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    @Test
    void of_a_large_disk_a_gibibyte_is_kept_free() {
        assertThat(ProjectDiskGuard.keptFree(100 * GIB)).isEqualTo(GIB);
        assertThat(ProjectDiskGuard.keptFree(4000 * GIB)).isEqualTo(GIB);
    }

    @Test
    void of_a_small_disk_a_fiftieth_is_kept_free() {
        assertThat(ProjectDiskGuard.keptFree(500 * MIB)).isEqualTo(10 * MIB);
    }

    @Test
    void what_may_be_written_leaves_what_is_kept_free(@TempDir Path place) throws Exception {
        FileStore disk = Files.getFileStore(place);
        long kept = ProjectDiskGuard.keptFree(disk.getTotalSpace());

        assertThat(ProjectDiskGuard.left(place)).isLessThanOrEqualTo(disk.getTotalSpace() - kept);
        assertThat(ProjectDiskGuard.left(place.resolve("gone"))).isZero();
    }

    @Test
    void a_guest_is_held_below_what_is_kept_free() {
        assertThat(Level.of(GIB - 1, GIB)).isEqualTo(Level.TOO_LITTLE);
        assertThat(Level.of(GIB, GIB)).isNotEqualTo(Level.TOO_LITTLE);
    }

    @Test
    void a_guest_goes_on_only_when_there_is_clearly_more() {
        assertThat(Level.of(GIB, GIB)).isEqualTo(Level.LITTLE);
        assertThat(Level.of(GIB + 250 * MIB, GIB)).isEqualTo(Level.ENOUGH);
    }

    @Test
    void with_plenty_of_room_nobody_looks_often() {
        assertThat(Level.of(15 * GIB, GIB)).isEqualTo(Level.ENOUGH);
        assertThat(Level.of(16 * GIB, GIB)).isEqualTo(Level.PLENTIFUL);
    }
}
