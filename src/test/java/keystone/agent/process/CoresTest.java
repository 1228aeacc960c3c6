package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CoresTest {
    /// The process of the tests leaves none from here on.
    @Test
    void neither_this_process_nor_what_it_starts_leaves_a_core() throws Exception {
        Posix.leaveNoCores();

        assertThat(Files.readString(Path.of("/proc/self/limits")))
                .containsPattern("Max core file size +1 +1 +bytes");
        assertThat(Command.of("cat", "/proc/self/limits").run(Duration.ofSeconds(10)).output())
                .containsPattern("Max core file size +1 +1 +bytes");
    }
}
