package keystone.agent.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.TaskEntry;
import keystone.agent.process.Patience;
import keystone.agent.store.TaskFollowers;
import keystone.agent.store.UpdateFormat;
import org.jspecify.annotations.Nullable;

/// Reads what happened in a task from its log, and goes on as it grows. Whoever follows a task
/// needs nothing of its supervisor, and may come and go.
public final class TaskTail implements AutoCloseable {
    private static final int BATCH = 2_000;

    private final Path file;
    private @Nullable InputStream in;
    private final TaskFollowers.Following following;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private final byte[] chunk = new byte[64 << 10];
    private int at;
    private int end;

    TaskTail(Path file, TaskFollowers followers) {
        this.file = file;
        this.following = followers.join();
    }

    /// What is new; empty when nothing came within the limit.
    public List<TaskEntry> next(Duration limit) throws InterruptedException {
        var found = new ArrayList<TaskEntry>();
        boolean _ = Patience.until(limit, () -> read(found));
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return found;
    }

    /// Reads what is there, up to a batch.
    ///
    /// @return whether there was something
    private boolean read(List<TaskEntry> to) {
        try {
            while (to.size() < BATCH && fill()) {
                byte b = chunk[at++];
                if (b != '\n') {
                    begun.write(b);
                    continue;
                }
                TaskEntry entry = UpdateFormat.read(begun.toString(US_ASCII));
                begun.reset();
                if (entry != null) {
                    to.add(entry);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return !to.isEmpty();
    }

    private boolean fill() throws IOException {
        if (at < end) {
            return true;
        }
        at = 0;
        end = Math.max(0, input().read(chunk));
        return end > 0;
    }

    /// Nothing has been written yet of a task that was taken on just now, or whose supervisor was
    /// killed over it.
    private InputStream input() throws IOException {
        if (in != null) {
            return in;
        }
        try {
            in = Files.newInputStream(file);
            return in;
        } catch (NoSuchFileException notYet) {
            return InputStream.nullInputStream();
        }
    }

    @Override
    public void close() {
        try (following) {
            if (in != null) {
                in.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + file, e);
        }
    }
}
