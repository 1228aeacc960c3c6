package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SupervisorProcessTest {
    private static final int NOT_FOUND = 3;

    @TempDir private Path top;

    @Test
    void a_sandbox_that_is_not_there_is_a_mistake_and_no_accident() {
        var supervisor = new SupervisorProcess(TestSandboxes.places(top), Map.of());

        assertThat(supervisor.run("blue")).isEqualTo(NOT_FOUND);
    }
}
