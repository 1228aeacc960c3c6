package keystone.agent.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.it.Wait;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;

/// A host on which nobody may make a user namespace, for the commands that are run in it: one
/// namespace with every user of this host under its own number, and a limit of none below it.
final class NamespacesForbidden implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String EVERYBODY = "0 0 4294967295\n";

    private final OwnedProcess holder;

    private NamespacesForbidden(OwnedProcess holder) {
        this.holder = holder;
    }

    static NamespacesForbidden create() throws IOException, InterruptedException {
        // Reads our pipe for as long as this is open.
        var forbidden =
                new NamespacesForbidden(Command.of("unshare", "--user", "--", "cat").start());
        Path process = Path.of("/proc", Long.toString(forbidden.holder.pid()));
        Path own = Path.of("/proc/self/ns/user");
        Wait.until(
                "the namespace is there",
                LIMIT,
                () -> !link(process.resolve("ns/user")).equals(link(own)));
        Files.writeString(process.resolve("uid_map"), EVERYBODY);
        Files.writeString(process.resolve("gid_map"), EVERYBODY);
        forbidden.run("sh", "-c", "echo 0 >/proc/sys/user/max_user_namespaces");
        return forbidden;
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException gone) {
            return "gone";
        }
    }

    private void run(String... command) throws InterruptedException {
        Command.Finished finished = Command.of(prefix()).with(command).run(LIMIT);
        if (!finished.ok()) {
            throw new AssertionError(finished);
        }
    }

    /// Runs what follows there, as root.
    List<String> prefix() {
        return List.of("nsenter", "--user=/proc/" + holder.pid() + "/ns/user", "--");
    }

    @Override
    public void close() {
        holder.close();
    }
}
