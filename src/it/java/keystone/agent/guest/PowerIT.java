package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// A guest of its own, because it ends.
@EnabledIfEnvironmentVariable(named = "KEYSTONE_AGENT_TEST_IMAGE", matches = ".+")
final class PowerIT {
    @Test
    void it_switches_off_when_asked() throws Exception {
        try (var box = new TestGuest(Path.of(System.getenv("KEYSTONE_AGENT_TEST_IMAGE")))) {
            box.guest.powerOff();

            assertThat(box.machine.awaitEnd(TestGuest.LIMIT)).isTrue();
        }
    }
}
