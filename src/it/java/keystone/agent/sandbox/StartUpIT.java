package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.SharedSandbox;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The build's AOT cache, with the JVM that uses it.
@ExtendWith(Installations.class)
final class StartUpIT {
    private static final String CACHE = "keystone-agent.aot";
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void a_supervisor_runs_from_it(SharedSandbox shared) throws Exception {
        long supervisor =
                shared.home()
                        .keystone("status", shared.sandbox().name(), "--json")
                        .run()
                        .succeeds()
                        .object()
                        .number("supervisorPid");

        assertThat(Files.readString(Path.of("/proc", "" + supervisor, "maps")))
                .contains(app().resolve(CACHE) + "\n");
    }

    @Test
    void a_damaged_one_costs_time_and_nothing_else(Installation home) throws Exception {
        Path copy = home.root().resolve("damaged/lib/keystone-agent");
        Path launcher = home.root().resolve("damaged/bin/keystone-agent");
        Files.createDirectories(launcher.resolveSibling(""));
        Files.createDirectories(copy.resolveSibling(""));
        Files.copy(app().resolve("../../bin/keystone-agent"), launcher);
        Command.of("cp", "-Rp", app().toString(), copy.toString()).run(LIMIT);
        Path cache = copy.resolve(CACHE);
        Command.Finished whole = version(launcher);

        try (var file = new RandomAccessFile(cache.toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        Command.Finished cut = version(launcher);
        Files.writeString(cache, "no cache at all");
        Files.setLastModifiedTime(cache, FileTime.from(Instant.now()));
        Command.Finished replaced = version(launcher);

        assertThat(whole.output()).contains("keystone-agent");
        for (Command.Finished run : new Command.Finished[] {whole, cut, replaced}) {
            assertThat(run.status()).isZero();
            assertThat(run.output()).isEqualTo(whole.output());
            assertThat(run.errors()).isEmpty();
        }
    }

    private static Command.Finished version(Path launcher) throws InterruptedException {
        return Command.of(launcher.toString(), "version").run(LIMIT);
    }

    private static Path app() {
        String launcher = System.getProperty("keystone.agent.launcher", "bin/keystone-agent");
        return Path.of(launcher).toAbsolutePath().resolveSibling("../target/app").normalize();
    }
}
