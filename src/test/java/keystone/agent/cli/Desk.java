package keystone.agent.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import keystone.agent.model.Program;

/// Where a test sits: a directory, an environment, perhaps a terminal.
final class Desk {
    static final Program PROGRAM = new Program("1.2.3", "abcdef");

    /// What one command came to.
    ///
    /// @param all both streams, in the order in which they were written
    record Outcome(int status, String out, String err, String all) {}

    final FakeUseCases use = new FakeUseCases();
    final Map<String, String> environment = new TreeMap<>();
    Path directory;
    boolean terminal;
    boolean outIsTerminal;
    Streams.Reader reader = Streams.Reader.ANY;
    boolean diskIsFull;
    String typed = "";

    /// Nobody types, and nobody leaves.
    boolean silent;

    /// How often somebody was waited for.
    final AtomicInteger reads = new AtomicInteger();

    private final Path top;

    /// Everything that is kept is kept under `top`.
    Desk(Path top) {
        this.top = top;
        this.directory = top;
        environment.put("HOME", top.resolve("home").toString());
    }

    Outcome run(String... words) {
        return run(List.of(words));
    }

    Outcome run(List<String> words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var all = new ByteArrayOutputStream();
        var streams =
                new Streams(
                        silent ? new Silent() : new Lines(typed),
                        new PrintStream(
                                diskIsFull ? new Full() : new Tee(out, all),
                                false,
                                StandardCharsets.UTF_8),
                        new PrintStream(new Tee(err, all), false, StandardCharsets.UTF_8),
                        terminal,
                        terminal || outIsTerminal,
                        terminal,
                        reader);
        var around =
                new Surroundings(
                        environment,
                        directory,
                        new Surroundings.Locations(
                                top.resolve("state"),
                                top.resolve("cache"),
                                top.resolve("config"),
                                top.resolve("run"),
                                Path.of("/usr/bin/keystone-agent")),
                        InstantSource.fixed(FakeUseCases.NOW),
                        () -> PROGRAM);
        int status = new CommandLineTool(streams, around, use).run(words);
        return new Outcome(status, text(out), text(err), text(all));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// Gives a line at a time, as a terminal does.
    private static final class Lines extends ByteArrayInputStream {
        Lines(String typed) {
            super(typed.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public synchronized int read(byte[] to, int offset, int length) {
            int end = pos;
            while (end < count && end - pos < length && (end == pos || buf[end - 1] != '\n')) {
                end++;
            }
            return super.read(to, offset, end - pos);
        }

        @Override
        public synchronized int available() {
            return 0;
        }
    }

    /// Like a terminal at which nobody types: reading from it heeds no interrupt.
    private final class Silent extends InputStream {
        @Override
        public int read() {
            reads.incrementAndGet();
            new Semaphore(0).acquireUninterruptibly();
            return -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            return read();
        }
    }

    /// As `/dev/full` is.
    private static final class Full extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    /// Writes to both; a PrintStream without a buffer of its own keeps the order.
    private static final class Tee extends OutputStream {
        private final ByteArrayOutputStream left;
        private final ByteArrayOutputStream right;

        Tee(ByteArrayOutputStream left, ByteArrayOutputStream right) {
            this.left = left;
            this.right = right;
        }

        @Override
        public void write(int b) {
            left.write(b);
            right.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            left.write(bytes, offset, length);
            right.write(bytes, offset, length);
        }
    }
}
