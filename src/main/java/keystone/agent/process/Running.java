package keystone.agent.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;

/// Runs a command to its end: feeds its input and drains both outputs at once, so that neither side
/// can block the other.
final class Running {
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private Running() {}

    /// How many bytes are kept: what prints more cannot exhaust our memory.
    record Keep(int output, int errors) {}

    static Command.Finished toTheEnd(
            Command command, Duration limit, Command.Input input, Keep keep)
            throws InterruptedException {
        try (OwnedProcess process = command.start()) {
            var output = new ByteArrayOutputStream();
            var errors = new ByteArrayOutputStream();
            Thread feeding = PipeThread.start("input", () -> feed(process.input(), input));
            Thread reading =
                    PipeThread.start(
                            "output", () -> drain(process.output(), output, keep.output()));
            Thread complaining =
                    PipeThread.start(
                            "errors", () -> drain(process.errors(), errors, keep.errors()));
            OptionalInt status = process.awaitExit(limit);
            if (status.isEmpty()) {
                throw new Command.TookTooLong(command.program(), limit);
            }
            // A grandchild may hold the pipes open for longer than the command lived.
            reading.join(DRAIN);
            complaining.join(DRAIN);
            feeding.interrupt();
            return new Command.Finished(command, status.getAsInt(), kept(output), kept(errors));
        }
    }

    private static String kept(ByteArrayOutputStream stream) {
        synchronized (stream) {
            return stream.toString(StandardCharsets.UTF_8);
        }
    }

    private static void feed(OutputStream to, Command.Input input) {
        try (to) {
            input.writeTo(to);
        } catch (IOException theProgramDoesNotRead) {
            // Its own choice: its exit status tells.
        }
    }

    private static void drain(InputStream from, ByteArrayOutputStream kept, int mostKept) {
        byte[] buffer = new byte[16 << 10];
        try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                synchronized (kept) {
                    kept.write(buffer, 0, Math.min(n, mostKept - kept.size()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
