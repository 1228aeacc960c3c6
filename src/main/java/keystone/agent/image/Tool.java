package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// Runs a program of the host that takes long or moves much: its streams are handled while it runs,
/// and the end of what it says is kept for the error.
///
/// @param limit after which it is killed
/// @param input writes the program's standard input; what it throws fails the run
/// @param output reads the program's standard output to its end; null treats it as lines, too
/// @param lines hears each line that the program prints, never two at once
record Tool(
        Command command,
        Duration limit,
        Source input,
        @Nullable Sink output,
        Consumer<String> lines) {
    /// How long a stream may stay open after the program ended: something it left behind holds it.
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /// As timeout(1) tells it.
    private static final int TIMED_OUT = 124;

    /// The last lines of each stream that are kept.
    private static final int KEPT_LINES = 20;

    /// Something that fills a stream.
    @FunctionalInterface
    interface Source {
        void writeTo(OutputStream stream) throws IOException, InterruptedException;
    }

    /// Something that empties a stream.
    @FunctionalInterface
    interface Sink {
        void readFrom(InputStream stream) throws IOException;
    }

    static Tool of(Command command, Duration limit) {
        return new Tool(command, limit, _ -> {}, null, _ -> {});
    }

    Tool from(Source source) {
        return new Tool(command, limit, source, output, lines);
    }

    Tool to(Sink sink) {
        return new Tool(command, limit, input, sink, lines);
    }

    Tool onLine(Consumer<String> consumer) {
        return new Tool(command, limit, input, output, consumer);
    }

    /// Runs it to its end.
    ///
    /// @throws ToolFailed when it ends with an error, or not within the limit
    void run() throws InterruptedException {
        // Apart: of two pipes nobody knows which was written to last, and much output must not
        // push out the one line that says what is wrong.
        var said = new Tail(KEPT_LINES);
        var complaints = new Tail(KEPT_LINES);
        try (OwnedProcess process = command.start()) {
            FutureTask<Void> feeding = begin(() -> feed(process));
            FutureTask<Void> reading = begin(() -> read(process, said));
            FutureTask<Void> complaining = begin(() -> hear(process.errors(), complaints));
            OptionalInt status = process.awaitExit(limit);
            if (status.isEmpty()) {
                complaints.add("it did not end within " + limit.toMinutes() + " minutes");
                throw failed(TIMED_OUT, said, complaints);
            }
            finish(complaining);
            if (status.getAsInt() != 0) {
                hearOut(reading);
                throw failed(status.getAsInt(), said, complaints);
            }
            finish(reading);
            finish(feeding);
        }
    }

    private ToolFailed failed(int status, Tail said, Tail complaints) {
        var all = new ArrayList<>(said.lines());
        all.addAll(complaints.lines());
        return new ToolFailed(command.program(), status, all);
    }

    /// A thread of its own, which ends with the stream; nothing waits for it without a limit.
    private static FutureTask<Void> begin(Callable<Void> work) {
        var task = new FutureTask<>(work);
        PipeThread.start("streams of a tool", task);
        return task;
    }

    private Void feed(OwnedProcess process) throws IOException, InterruptedException {
        try (OutputStream stream = process.input()) {
            input.writeTo(stream);
        }
        return null;
    }

    private Void read(OwnedProcess process, Tail tail) throws IOException {
        if (output == null) {
            return hear(process.output(), tail);
        }
        try {
            output.readFrom(process.output());
        } finally {
            // A tar reader stops at the archive's end mark; the program still has padding to write.
            process.output().transferTo(OutputStream.nullOutputStream());
        }
        return null;
    }

    private Void hear(InputStream stream, Tail tail) throws IOException {
        try (var split = new LineStream(line -> keep(line, tail))) {
            stream.transferTo(split);
        }
        return null;
    }

    private void keep(String line, Tail tail) {
        tail.add(line);
        synchronized (lines) {
            lines.accept(line);
        }
    }

    /// Waits for the rest of what a failed program printed; whether that made sense to whoever read
    /// it no longer matters.
    private static void hearOut(FutureTask<Void> stream) throws InterruptedException {
        try {
            stream.get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException failedToo) {
            stream.cancel(true);
        }
    }

    /// A stream that failed makes the run fail, even when the program did not mind.
    private static void finish(FutureTask<Void> stream) throws InterruptedException {
        try {
            stream.get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException heldOpen) {
            stream.cancel(true);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException e -> throw new UncheckedIOException(e);
                case InterruptedException e -> throw e;
                case RuntimeException e -> throw e;
                case null, default -> throw new IllegalStateException(failed);
            }
        }
    }
}
