package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A guest of its own, because it ends.
@ExtendWith(GuestExtension.class)
final class PowerIT {
    @Test
    void it_switches_off_when_asked() throws Exception {
        try (var box = GuestExtension.boot()) {
            box.guest.powerOff();

            assertThat(box.machine.awaitEnd(TestGuest.LIMIT)).isTrue();
        }
    }
}
