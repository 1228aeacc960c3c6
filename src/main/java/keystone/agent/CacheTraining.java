package keystone.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import keystone.agent.process.ProcessTable;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.supervisor.FakeRunningSupervisor;

/// Makes the AOT caches (JEP 514) of a build: has a JVM record each while it runs [CacheCommands],
/// with a supervisor of their own to talk to.
///
/// The first argument is a directory to work in, which must not be there yet and is left to the
/// build; the second is the directory that gets the caches.
final class CacheTraining {
    private static final SandboxName NAME = new SandboxName(CacheCommands.Names.IDLE);
    private static final SandboxName RUNNING = new SandboxName(CacheCommands.Names.RUNNING);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    /// As bin/keystone-agent sets them.
    private static final List<String> AS_LAUNCHED =
            List.of(
                    "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider",
                    "-Djdk.reflect.useNativeAccessorOnly=true",
                    "-Dpicocli.disable.closures=true");

    private final Path directory;
    private final Places places;
    private final Map<String, String> environment;

    private CacheTraining(Path directory) throws IOException {
        this.directory = directory;
        this.environment =
                Map.of(
                        "KEYSTONE_AGENT_HOME", directory.toString(),
                        "XDG_RUNTIME_DIR",
                                Files.createDirectories(directory.resolve("run")).toString(),
                        "PATH", System.getenv().getOrDefault("PATH", ""));
        this.places = Places.from(environment, Main.uid());
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        new CacheTraining(directory).train(Path.of(arguments[1]));
    }

    private void train(Path caches) throws IOException, InterruptedException {
        Files.createDirectories(places.state());
        Files.writeString(places.state().resolve("image.lock"), "no lock, but it has a digest");
        // What a project has is opened by calls of the system's own, as a session is begun: their
        // classes are many.
        Files.writeString(directory.resolve(".env"), "A_VARIABLE=1\n");
        try (OwnedProcess _ = supervise(sandbox(NAME));
                FakeRunningSupervisor _ = FakeRunningSupervisor.of(sandbox(RUNNING));
                OwnedProcess _ = machine()) {
            for (CacheCommands each : CacheCommands.values()) {
                record(each, caches.resolve(each.cache()));
            }
        }
    }

    private void record(CacheCommands commands, Path cache)
            throws IOException, InterruptedException {
        Path fresh = directory.resolve(commands.cache());
        Command.Finished recorded =
                command(Path.of(System.getProperty("java.home"), "bin/java").toString())
                        .with("-XX:AOTCacheOutput=" + fresh)
                        .with("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
                        .with(AS_LAUNCHED.toArray(String[]::new))
                        .with("--enable-native-access=ALL-UNNAMED")
                        .with("-Dkeystone.agent.launcher=" + Parts.launcher())
                        .with("-cp", System.getProperty("java.class.path"))
                        .with(CacheCommands.class.getName(), commands.name())
                        .in(directory)
                        .run(LIMIT);
        System.err.println(recorded.output() + recorded.errors());
        if (recorded.status() != 0) {
            throw new IOException("the JVM that records the cache failed");
        }
        Files.move(fresh, cache);
    }

    private Command command(String program) {
        Command command = Command.of(program);
        for (var variable : environment.entrySet()) {
            command = command.withEnvironment(variable.getKey(), variable.getValue());
        }
        return command;
    }

    /// What carries the mark of another home's running sandbox, as on most hosts something does.
    private OwnedProcess machine() {
        return command("sleep")
                .with(Long.toString(2 * LIMIT.toSeconds()))
                .withEnvironment(ProcessTable.CHILD_MARK, "/nowhere")
                .start();
    }

    private SandboxDir sandbox(SandboxName name) throws IOException {
        Digest image = Digest.of("no such image");
        var spec =
                new SandboxSpec(
                        name,
                        Files.createDirectories(directory.resolve(name.value())),
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        ShareDriver.AUTO,
                        GitMode.AUTO,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(),
                        null);
        return new Store(places)
                .create(spec, Parts.version())
                .orElseThrow(() -> new IOException(directory + " was used before"));
    }

    /// @return once it listens
    private OwnedProcess supervise(SandboxDir dir) {
        OwnedProcess supervisor = command(Parts.launcher()).with("supervise", NAME.value()).start();
        Path socket = dir.run().controlSocket();
        if (!Patience.until(LIMIT, () -> Files.exists(socket))) {
            supervisor.close();
            throw new IllegalStateException("there is no " + socket);
        }
        return supervisor;
    }
}
