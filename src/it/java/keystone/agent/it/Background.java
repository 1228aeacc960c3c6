package keystone.agent.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import keystone.agent.process.OwnedProcess;

/// A command that runs while the test goes on.
public final class Background implements AutoCloseable {
    private static final Duration TELLING = Duration.ofSeconds(2);

    private final String shown;
    private final OwnedProcess process;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final Thread reading;
    private final Thread complaining;

    Background(String shown, OwnedProcess process) {
        this.shown = shown;
        this.process = process;
        // Reading a pipe holds a carrier of virtual threads, of which there are as many as
        // processors:
        // servers of tests, which run on others, would wait for the command that waits for them.
        this.reading = drained(process.output(), output);
        this.complaining = drained(process.errors(), errors);
    }

    /// Of the program itself: its launcher became it.
    public long pid() {
        return process.pid();
    }

    /// What it reads as its standard input.
    public OutputStream input() {
        return process.input();
    }

    public String outputSoFar() {
        return output.toString(StandardCharsets.UTF_8);
    }

    public String errorsSoFar() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /// What Ctrl-C in a terminal sends.
    public void interrupt() {
        Kernel.signal("INT", pid());
    }

    /// `kill -9`, to this one process.
    public void kill() {
        Kernel.kill(pid());
    }

    /// Waits for its end; past the limit it is killed and the test fails.
    public Ended await(Duration limit) throws InterruptedException {
        var status = process.awaitExit(limit);
        if (status.isEmpty()) {
            String waiting = Kernel.waiting(pid());
            tellItsThreads();
            process.close();
            throw new AssertionError(
                    "took longer than %d s, killed\n%s%s"
                            .formatted(limit.toSeconds(), ended(137), waiting));
        }
        // A grandchild may hold the pipes open for longer than the command lived.
        reading.join(Duration.ofSeconds(2));
        complaining.join(Duration.ofSeconds(2));
        return ended(status.getAsInt());
    }

    /// A JVM prints what its threads do, on its standard output.
    private void tellItsThreads() throws InterruptedException {
        if (Kernel.program(pid()).endsWith("/java")) {
            Kernel.signal("QUIT", pid());
            var _ = process.awaitExit(TELLING);
        }
    }

    private Ended ended(int status) {
        return new Ended(shown, status, outputSoFar(), errorsSoFar());
    }

    private static Thread drained(InputStream from, OutputStream to) {
        return Thread.ofPlatform().daemon().name("output").start(() -> drain(from, to));
    }

    private static void drain(InputStream from, OutputStream to) {
        try (from) {
            from.transferTo(to);
        } catch (IOException ended) {
            // Killed: what came until then was kept.
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
