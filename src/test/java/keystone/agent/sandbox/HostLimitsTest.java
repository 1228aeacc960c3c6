package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Resources;
import keystone.agent.process.HostMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLimitsTest {
    @TempDir private Path root;

    @Test
    void a_large_host_gives_what_is_usual() throws Exception {
        assertThat(usual(16_000_000)).isEqualTo(Resources.DEFAULT);
    }

    @Test
    void a_host_of_four_gigabytes_gives_half_of_what_it_has() throws Exception {
        assertThat(usual(3_944_448)).isEqualTo(Resources.DEFAULT.with(ByteSize.ofMib(1926)));
    }

    @Test
    void a_tiny_host_gives_what_a_guest_needs() throws Exception {
        assertThat(usual(400_000).memory()).isEqualTo(Resources.LEAST_MEMORY);
    }

    @Test
    void a_host_that_does_not_tell_gives_what_is_usual() {
        assertThat(HostLimits.usual(HostMemory.below(root))).isEqualTo(Resources.DEFAULT);
    }

    private Resources usual(long kibibytes) throws IOException {
        Path table = Files.createDirectories(root.resolve("proc")).resolve("meminfo");
        Files.writeString(table, "MemTotal:       " + kibibytes + " kB\nMemFree:        1000 kB\n");
        return HostLimits.usual(HostMemory.below(root));
    }
}
