package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real Secret Service: GNOME's keyring on a session bus of its own, which has a collection that
/// is unlocked, and a home of its own.
@Timeout(60)
final class KeyringTest {
    private static final SecretSource KEYRING =
            SecretSource.Command.keyring(List.of("service", "acme"));

    @TempDir Path directory;
    private SourceScene scene;
    private Keyring keyring;

    @BeforeEach
    void open() throws IOException {
        for (String each : List.of("dbus-run-session", "gnome-keyring-daemon", "secret-tool")) {
            assumeTrue(Programs.locate(each).isPresent(), "there is no " + each);
        }
        scene = new SourceScene(directory);
        keyring = new Keyring(scene.home);
        scene.environment.put("DBUS_SESSION_BUS_ADDRESS", keyring.bus());
    }

    @AfterEach
    void close() {
        keyring.close();
        scene.close();
    }

    @Test
    void what_the_keyring_has_is_read_as_it_is_now() throws Exception {
        keyring.store("acme", "canary-1");
        assertThat(scene.value(KEYRING)).isEqualTo("canary-1");

        keyring.store("acme", "canary-2");
        assertThat(scene.value(KEYRING)).isEqualTo("canary-2");
    }

    @Test
    void what_it_has_not_is_said() {
        assertThatThrownBy(() -> scene.value(KEYRING))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("`secret-tool`, which gives the secret KEY, failed")
                .hasMessageNotContaining("acme");
    }

    @Test
    void without_a_bus_it_fails_at_once() throws Exception {
        keyring.store("acme", "canary-3");
        scene.environment.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");

        assertThatThrownBy(() -> scene.value(KEYRING))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("failed")
                .hasMessageNotContaining("canary-3");
    }
}
