package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessOwnerTest {
    private static final long SECURE = 23;

    @TempDir Path entry;

    private boolean isOurs(int realUser, int effectiveUser, long... auxiliary) throws IOException {
        Files.writeString(
                entry.resolve("status"),
                "Name:\tsh\nUid:\t%d\t%d\t0\t0\nGid:\t0\t0\t0\t0\n"
                        .formatted(realUser, effectiveUser));
        ByteBuffer bytes =
                ByteBuffer.allocate(auxiliary.length * Long.BYTES).order(ByteOrder.nativeOrder());
        for (long each : auxiliary) {
            bytes.putLong(each);
        }
        Files.write(entry.resolve("auxv"), bytes.array());
        return new ProcessOwner(entry).isOurs();
    }

    @Test
    void what_we_executed_is_ours() throws IOException {
        int self = HostUser.current().ids().uid();

        assertThat(isOurs(self, self, 6, 4096, SECURE, 0, 0, 0)).isTrue();
        assertThat(new ProcessOwner(Path.of("/proc/self")).isOurs()).isTrue();
    }

    @Test
    void what_runs_for_somebody_else_is_not() throws IOException {
        int self = HostUser.current().ids().uid();

        assertThat(isOurs(self + 1, self, 6, 4096, SECURE, 0, 0, 0)).isFalse();
    }

    /// Such as sudo, whose environment is that of whoever called it.
    @Test
    void what_became_ours_by_being_executed_is_not() throws IOException {
        int self = HostUser.current().ids().uid();

        assertThat(isOurs(self, self, 6, 4096, SECURE, 1, 0, 0)).isFalse();
    }

    @Test
    void what_cannot_be_known_is_not_ours() throws IOException {
        int self = HostUser.current().ids().uid();

        assertThat(isOurs(self, self)).isFalse();
        assertThat(new ProcessOwner(entry.resolve("gone")).isOurs()).isFalse();
    }
}
