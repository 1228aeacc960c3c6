package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;

/// GNOME's keyring, unlocked, on a session bus of its own, with a home of its own.
final class Keyring implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// Ends with its standard input, and the bus and the keyring with it.
    private static final String SESSION =
            "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null &&"
                    + " echo \"$DBUS_SESSION_BUS_ADDRESS\" && exec cat >/dev/null";

    private final OwnedProcess session;
    private final String bus;

    Keyring(Path home) throws IOException {
        Files.createDirectories(home);
        session =
                Command.of("dbus-run-session", "--", "sh", "-c", SESSION)
                        .withEnvironment("HOME", home.toString())
                        .withEnvironment("XDG_RUNTIME_DIR", home.toString())
                        .withEnvironment("XDG_DATA_HOME", home.resolve("data").toString())
                        .start();
        var line = new StringBuilder();
        for (int c = session.output().read(); c >= 0 && c != '\n'; c = session.output().read()) {
            line.append((char) c);
        }
        bus = line.toString();
        assertThat(bus).startsWith("unix:");
    }

    /// For whoever asks it.
    String bus() {
        return bus;
    }

    void store(String service, String value) throws InterruptedException {
        Command.Finished stored =
                Command.of("secret-tool", "store", "--label=" + service, "service", service)
                        .withEnvironment("DBUS_SESSION_BUS_ADDRESS", bus)
                        .run(LIMIT, value.getBytes(StandardCharsets.UTF_8));
        assertThat(stored.status()).as(stored.errors()).isZero();
    }

    @Override
    public void close() {
        session.close();
    }
}
