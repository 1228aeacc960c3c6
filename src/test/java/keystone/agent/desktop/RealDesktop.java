package keystone.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.process.Command;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;

/// A session's bus, a screen that nobody sees, and dunst, which shows notifications on it.
public final class RealDesktop implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Owned owned = new Owned();
    private final Path choice;
    private final String address;

    /// Starts all of it.
    ///
    /// @param directory with a short path
    public RealDesktop(Path directory) throws Exception {
        Path bus = directory.resolve("bus");
        this.address = "unix:path=" + bus;
        this.choice = directory.resolve("choice");
        OwnedProcess _ =
                owned.own(
                        quiet("dbus-daemon", "--session", "--nofork", "--address=" + address)
                                .start());
        OwnedProcess screen =
                owned.own(
                        quiet(
                                        "Xvfb",
                                        "-displayfd",
                                        "1",
                                        "-nolisten",
                                        "tcp",
                                        "-screen",
                                        "0",
                                        "640x480x8")
                                .start());
        String display = ":" + line(screen);
        assertThat(Patience.until(LIMIT, () -> Files.exists(bus))).isTrue();
        Path menu = directory.resolve("menu");
        Files.writeString(menu, "#!/bin/sh\nexec grep -F -f '" + choice + "'\n");
        assertThat(menu.toFile().setExecutable(true)).isTrue();
        Path settings = directory.resolve("dunstrc");
        Files.writeString(settings, "[global]\ndmenu = " + menu + "\nmarkup = full\n");
        OwnedProcess _ =
                owned.own(
                        quiet("dunst", "-conf", settings.toString())
                                .withEnvironment("DISPLAY", display)
                                .withEnvironment("DBUS_SESSION_BUS_ADDRESS", address)
                                .start());
        assertThat(Patience.until(LIMIT, () -> control("is-paused").ok())).isTrue();
    }

    private static Command quiet(String... words) {
        return Command.of(
                Stream.concat(
                                Stream.of("sh", "-c", "exec \"$@\" 2>/dev/null", "sh"),
                                Stream.of(words))
                        .toList());
    }

    private static String line(OwnedProcess screen) {
        var line = new StringBuilder();
        assertThat(
                        Patience.until(
                                LIMIT,
                                () -> {
                                    try {
                                        while (screen.output().available() > 0) {
                                            int next = screen.output().read();
                                            if (next == '\n') {
                                                return true;
                                            }
                                            line.append((char) next);
                                        }
                                        return false;
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                }))
                .isTrue();
        return line.toString();
    }

    /// As a session has it.
    public Map<String, String> environment() {
        return Map.of("DBUS_SESSION_BUS_ADDRESS", address);
    }

    private Command.Finished control(String... words) {
        try {
            return Command.of("dunstctl")
                    .with(words)
                    .withEnvironment("DBUS_SESSION_BUS_ADDRESS", address)
                    .run(LIMIT);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /// How many are on the screen.
    public int shown() {
        return Integer.parseInt(control("count", "displayed").output().strip());
    }

    /// Waits for so many.
    public void awaitShown(int many) {
        assertThat(Patience.until(LIMIT, () -> shown() == many))
                .as("%d are shown", shown())
                .isTrue();
    }

    /// Presses a button of the newest one.
    public void press(String label) throws IOException {
        Files.writeString(choice, label);
        assertThat(control("context").ok()).isTrue();
    }

    /// Clicks all of them away.
    public void dismiss() {
        assertThat(control("close-all").ok()).isTrue();
    }

    /// What was shown and is not any more, as JSON of dunst's.
    public String history() {
        return control("history").output();
    }

    @Override
    public void close() {
        owned.close();
    }
}
