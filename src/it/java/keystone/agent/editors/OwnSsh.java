package keystone.agent.editors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.it.Installation;
import keystone.agent.it.Sandbox;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;

/// The user's own ssh and all that builds upon it.
///
/// ssh finds its config in the home directory that the system knows, which is the tester's: here
/// programs of the same names lead the real ones to the config of the installation.
final class OwnSsh {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Installation home;
    private final Path bin;

    OwnSsh(Installation home) throws Exception {
        this.home = home;
        this.bin = Files.createDirectories(home.root().resolve("bin"));
        assertThat(home.keystone("ssh-config", "--install").run().succeeds().errors())
                .contains("Include");
        lead("ssh", "-F", config().toString());
        for (String each : List.of("scp", "sftp")) {
            lead(each, "-F", config().toString(), "-S", program("ssh").toString());
        }
    }

    Path config() {
        return home.userHome().resolve(".ssh/config");
    }

    private void lead(String name, String... options) throws IOException {
        String real = Programs.locate(name).orElseThrow().toString();
        script(name, "exec " + real + " " + String.join(" ", options) + " \"$@\"");
    }

    /// A program of that name, found before any other.
    Path script(String name, String line) throws IOException {
        Path file = Files.writeString(program(name), "#!/bin/sh\n" + line + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    Path program(String name) {
        return bin.resolve(name);
    }

    String path() {
        return bin + ":" + System.getenv("PATH");
    }

    static String host(Sandbox sandbox) {
        return "ks-" + sandbox.name();
    }

    /// A program of the user's, found as a shell of theirs would.
    Command command(String program, String... arguments) {
        Path own = program(program);
        return Command.of(Files.exists(own) ? own.toString() : program)
                .with(arguments)
                .in(home.userHome())
                .withEnvironment("PATH", path())
                .withEnvironment("HOME", home.userHome().toString())
                .withEnvironment("GIT_CONFIG_NOSYSTEM", "1")
                .withEnvironment("GIT_SSH", program("ssh").toString())
                .withEnvironment("LC_ALL", "C.UTF-8");
    }

    String says(String program, String... arguments) throws InterruptedException {
        Command.Finished done = command(program, arguments).run(LIMIT);
        assertThat(done.ok()).as(done.toString()).isTrue();
        return done.output().strip();
    }
}
