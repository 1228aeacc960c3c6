package keystone.agent.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// A process that is meant to outlive us: in a session of its own, with no terminal, writing to a
/// log.
public final class DetachedProcess {
    private final Process process;

    private DetachedProcess(Process process) {
        this.process = process;
    }

    /// Starts it.
    ///
    /// @param log where both its outputs are appended; exists already, with the mode it shall have
    public static DetachedProcess start(Command command, Path log) {
        try {
            var arguments = new ArrayList<String>();
            arguments.add(Programs.find("setsid").toString());
            arguments.add(Programs.find(command.program()).toString());
            arguments.addAll(command.arguments().subList(1, command.arguments().size()));
            var builder = new ProcessBuilder(arguments);
            OwnedProcess.applyEnvironment(command, builder);
            builder.directory(Path.of("/").toFile());
            builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.redirectErrorStream(true);
            return new DetachedProcess(builder.start());
        } catch (IOException missing) {
            throw Programs.notStarted(command, missing);
        }
    }

    /// Its exit status, or empty while it lives on after the limit.
    public OptionalInt awaitExit(Duration limit) throws InterruptedException {
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        return ended ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    }

    /// Ends it, and nothing that it has left to itself.
    public void kill() {
        process.destroyForcibly();
    }
}
