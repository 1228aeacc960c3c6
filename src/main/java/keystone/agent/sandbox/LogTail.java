package keystone.agent.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.function.Consumer;
import keystone.agent.model.Printable;
import keystone.agent.process.Patience;
import org.jspecify.annotations.Nullable;

/// Reads a log to its end, and beyond it as it grows, also when it is begun anew under the same
/// name.
final class LogTail {
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Path file;
    private final Consumer<String> lines;

    /// @param lines gets each line, made printable
    LogTail(Path file, Consumer<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /// To the end there is now.
    void read() {
        try (BufferedReader reader = open()) {
            pass(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /// Until the thread is interrupted.
    void follow() throws InterruptedException {
        while (!Thread.currentThread().isInterrupted()) {
            try (BufferedReader reader = open()) {
                Object opened = identity();
                while (sameAs(opened) && !Thread.currentThread().isInterrupted()) {
                    pass(reader);
                    boolean _ = Patience.until(LOOK, () -> !sameAs(opened));
                }
                pass(reader);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        throw new InterruptedException();
    }

    private BufferedReader open() throws IOException {
        InputStream in =
                Files.exists(file) ? Files.newInputStream(file) : InputStream.nullInputStream();
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    private void pass(BufferedReader reader) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            lines.accept(Printable.of(line));
        }
    }

    private boolean sameAs(@Nullable Object opened) {
        Object now = identity();
        return now == null ? opened == null : now.equals(opened);
    }

    private @Nullable Object identity() {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException missing) {
            return null;
        }
    }
}
