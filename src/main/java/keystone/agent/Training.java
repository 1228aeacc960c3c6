package keystone.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.GitMode;
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

/// What the build runs while the JVM records its AOT cache (JEP 514): the commands that people type
/// most, as far as they go without a guest, with a supervisor of their own. What it does not touch
/// is not in the cache, and is loaded when it is needed. What is, every command pays for a little,
/// so it has no more than that.
///
/// Works in the directory of its one argument, which must not be there yet, and leaves it to the
/// build. `KEYSTONE_AGENT_HOME` and `XDG_RUNTIME_DIR` lead there.
final class Training {
    private static final SandboxName NAME = new SandboxName("training");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("--help"),
                    List.of("list"),
                    List.of("status", NAME.value()),
                    List.of("exec", NAME.value(), "--", "true"),
                    List.of("start", "--name", NAME.value(), "--memory", "9999g"),
                    List.of("stop", NAME.value()));

    private Training() {}

    static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        Path runtime = Files.createDirectories(directory.resolve("run"));
        Map<String, String> environment =
                Map.of(
                        "KEYSTONE_AGENT_HOME", directory.toString(),
                        "XDG_RUNTIME_DIR", runtime.toString(),
                        "PATH", System.getenv().getOrDefault("PATH", ""));
        var places = Places.from(environment, Main.uid());
        decideOnAnImage(places, environment);
        try (OwnedProcess supervisor = supervise(sandbox(directory, places), environment);
                OwnedProcess _ = machine(environment)) {
            for (List<String> command : COMMANDS) {
                System.err.println(command + " ended with " + Main.run(command, environment));
            }
            System.err.println("the supervisor ended with " + supervisor.awaitExit(LIMIT));
        }
    }

    /// There is none, which takes as long to find out.
    private static void decideOnAnImage(Places places, Map<String, String> environment)
            throws IOException {
        Files.createDirectories(places.state());
        Files.writeString(places.state().resolve("image.lock"), "no lock, but it has a digest");
        System.err.println("image: " + new Parts(places, environment).get().images().find());
    }

    /// What carries the mark of another home's running sandbox, as on most hosts something does.
    private static OwnedProcess machine(Map<String, String> environment) {
        return Command.of("sleep", Long.toString(LIMIT.toSeconds()))
                .withEnvironment("PATH", environment.get("PATH"))
                .withEnvironment(ProcessTable.CHILD_MARK, "/nowhere")
                .start();
    }

    private static SandboxDir sandbox(Path directory, Places places) throws IOException {
        Digest image = Digest.of("no such image");
        var spec =
                new SandboxSpec(
                        NAME,
                        Files.createDirectories(directory.resolve("project")),
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        ShareDriver.AUTO,
                        GitMode.AUTO,
                        List.of(),
                        null);
        return new Store(places)
                .create(spec, Parts.version())
                .orElseThrow(() -> new IOException(directory + " was used before"));
    }

    /// @return once it listens
    private static OwnedProcess supervise(SandboxDir dir, Map<String, String> environment) {
        Command command = Command.of(Parts.launcher(), "supervise", NAME.value());
        for (var variable : environment.entrySet()) {
            command = command.withEnvironment(variable.getKey(), variable.getValue());
        }
        OwnedProcess supervisor = command.start();
        Path socket = dir.run().controlSocket();
        if (!Patience.until(LIMIT, () -> Files.exists(socket))) {
            throw new IllegalStateException("there is no " + socket);
        }
        return supervisor;
    }
}
