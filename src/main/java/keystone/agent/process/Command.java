package keystone.agent.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A program and its exact arguments; never a shell string. Immutable.
///
/// A started command leads its own session and process group, and the kernel kills it when the
/// thread that owns it ends, so also when this whole process is killed.
///
/// @param environment added to, or with a null value removed from, what this process has
/// @param directory where it runs; null is where this process runs
public record Command(
        List<String> arguments,
        Map<String, @Nullable String> environment,
        @Nullable Path directory) {
    /// For any tool's answer.
    private static final int ENOUGH_BYTES = 4 << 20;

    /// For what went wrong with one that may be hostile.
    private static final int ERROR_BYTES = 64 << 10;

    public Command {
        arguments = List.copyOf(arguments);
        environment = new TreeMap<>(environment);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
    }

    public static Command of(String... arguments) {
        return new Command(List.of(arguments), Map.of(), null);
    }

    public static Command of(List<String> arguments) {
        return new Command(arguments, Map.of(), null);
    }

    public Command with(String... more) {
        var all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return new Command(all, environment, directory);
    }

    public Command withEnvironment(String name, @Nullable String value) {
        var changed = new TreeMap<>(environment);
        changed.put(name, value);
        return new Command(arguments, changed, directory);
    }

    public Command in(Path where) {
        return new Command(arguments, environment, where);
    }

    /// The program's name as a person knows it.
    public String program() {
        return arguments.getFirst();
    }

    /// Starts it with its input and output on pipes.
    ///
    /// @throws ProgramMissing when there is no such program
    public OwnedProcess start() {
        return OwnedProcess.start(this, OwnedProcess.Streams.PIPES);
    }

    /// Starts it on this process's own input and output.
    public OwnedProcess startAttached() {
        return OwnedProcess.start(this, OwnedProcess.Streams.INHERITED);
    }

    /// Runs it to its end without input.
    ///
    /// @param limit after which it is killed, and [TookTooLong] thrown
    /// @return its exit status and output, of which at most 4 MiB of each stream is kept
    public Finished run(Duration limit) throws InterruptedException {
        return run(limit, new byte[0]);
    }

    public Finished run(Duration limit, byte[] input) throws InterruptedException {
        return run(limit, Input.of(input));
    }

    public Finished run(Duration limit, Input input) throws InterruptedException {
        return Running.toTheEnd(this, limit, input, new Running.Keep(ENOUGH_BYTES, ENOUGH_BYTES));
    }

    /// The same without input, for what answers in a few words and may be hostile.
    ///
    /// @param mostKept bytes of its output; of its errors no more than 64 KiB
    public Finished runKeeping(int mostKept, Duration limit) throws InterruptedException {
        return runKeeping(mostKept, limit, Input.NONE);
    }

    public Finished runKeeping(int mostKept, Duration limit, byte[] input)
            throws InterruptedException {
        return runKeeping(mostKept, limit, Input.of(input));
    }

    public Finished runKeeping(int mostKept, Duration limit, Input input)
            throws InterruptedException {
        var keep = new Running.Keep(mostKept, Math.min(mostKept, ERROR_BYTES));
        return Running.toTheEnd(this, limit, input, keep);
    }

    /// What a command reads from its standard input: written as it is read, so that a long one is
    /// never in memory as a whole.
    @FunctionalInterface
    public interface Input {
        Input NONE = _ -> {};

        /// Writes all of it.
        ///
        /// @param to buffered, and closed by somebody else
        void writeTo(OutputStream to) throws IOException;

        static Input of(byte[] bytes) {
            return to -> to.write(bytes);
        }
    }

    /// How a command ended. Signals show as 128 + their number.
    public record Finished(Command command, int status, String output, String errors) {
        public boolean ok() {
            return status == 0;
        }
    }

    /// There is no such program on this host.
    public static final class ProgramMissing extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String program;

        ProgramMissing(String program, @Nullable Throwable cause) {
            super("there is no program `" + program + "`", cause);
            this.program = program;
        }

        public String program() {
            return program;
        }
    }

    /// The limit passed; the command was killed.
    public static final class TookTooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TookTooLong(String program, Duration limit) {
            super("`" + program + "` did not end within " + limit.toSeconds() + " s");
        }
    }
}
