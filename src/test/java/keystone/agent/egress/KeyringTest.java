package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
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
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final SecretSource KEYRING =
            SecretSource.Command.keyring(List.of("service", "acme", "user", "ada"));

    /// Ends with its standard input, and the bus and the keyring with it.
    private static final String SESSION =
            "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null &&"
                    + " echo \"$DBUS_SESSION_BUS_ADDRESS\" && exec cat >/dev/null";

    @TempDir Path directory;
    private SourceScene scene;
    private OwnedProcess session;

    @BeforeEach
    void open() throws IOException {
        for (String each : List.of("dbus-run-session", "gnome-keyring-daemon", "secret-tool")) {
            assumeTrue(Programs.locate(each).isPresent(), "there is no " + each);
        }
        scene = new SourceScene(directory);
        session =
                Command.of("dbus-run-session", "--", "sh", "-c", SESSION)
                        .withEnvironment("HOME", scene.home.toString())
                        .withEnvironment("XDG_RUNTIME_DIR", scene.home.toString())
                        .withEnvironment("XDG_DATA_HOME", scene.home.resolve("data").toString())
                        .start();
        scene.environment.put("DBUS_SESSION_BUS_ADDRESS", line());
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = session.output().read(); c >= 0 && c != '\n'; c = session.output().read()) {
            line.append((char) c);
        }
        assertThat(line).startsWith("unix:");
        return line.toString();
    }

    @AfterEach
    void close() {
        session.close();
        scene.close();
    }

    private void store(String value) throws InterruptedException {
        Command.Finished stored =
                Command.of("secret-tool", "store", "--label=acme", "service", "acme", "user", "ada")
                        .withEnvironment(
                                "DBUS_SESSION_BUS_ADDRESS",
                                scene.environment.get("DBUS_SESSION_BUS_ADDRESS"))
                        .run(LIMIT, value.getBytes(StandardCharsets.UTF_8));
        assertThat(stored.status()).as(stored.errors()).isZero();
    }

    @Test
    void what_the_keyring_has_is_read_as_it_is_now() throws Exception {
        store("canary-1");
        assertThat(scene.value(KEYRING)).isEqualTo("canary-1");

        store("canary-2");
        assertThat(scene.value(KEYRING)).isEqualTo("canary-2");
    }

    @Test
    void what_it_has_not_is_said() {
        assertThatThrownBy(() -> scene.value(KEYRING))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("`secret-tool`, which gives the secret KEY, failed")
                .hasMessageNotContaining("ada");
    }

    @Test
    void without_a_bus_it_fails_at_once() throws Exception {
        store("canary-3");
        scene.environment.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");

        assertThatThrownBy(() -> scene.value(KEYRING))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("failed")
                .hasMessageNotContaining("canary-3");
    }
}
