package keystone.agent.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.Optional;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskUpdate;

/// Writes down what happens in a task, before anybody is shown it. Bounded, so that an agent that
/// babbles does not fill the host's disk. Thread-safe.
public final class TaskLog implements AutoCloseable {
    /// Hours of output.
    private static final long MOST_BYTES = 128L << 20;

    /// What is always let in: that it ended, questions, notes.
    private static final long RESERVE = 4L << 20;

    private final FileChannel file;
    private final InstantSource clock;
    private long last;
    private long bytes;
    private boolean full;

    private TaskLog(FileChannel file, InstantSource clock, long last) throws IOException {
        this.file = file;
        this.clock = clock;
        this.last = last;
        this.bytes = file.size();
        this.full = bytes >= MOST_BYTES;
    }

    /// Goes on where it ended.
    public static TaskLog open(TaskDir dir, InstantSource clock) {
        try {
            long last = lastNumber(dir);
            FileChannel file = PrivateFiles.append(dir.updates());
            endLine(dir, file);
            return new TaskLog(file, clock, last);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + dir.updates(), e);
        }
    }

    private static long lastNumber(TaskDir dir) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(dir.updates())) {
            return lines.lines().count();
        } catch (NoSuchFileException none) {
            return 0;
        }
    }

    /// A writer that was killed may have left half a line.
    private static void endLine(TaskDir dir, FileChannel file) throws IOException {
        long size = file.size();
        if (size == 0) {
            return;
        }
        try (FileChannel reading = FileChannel.open(dir.updates())) {
            ByteBuffer end = ByteBuffer.allocate(1);
            if (reading.read(end, size - 1) == 1 && end.get(0) != '\n') {
                file.write(ByteBuffer.wrap(new byte[] {'\n'}));
            }
        }
    }

    /// Writes one down.
    ///
    /// @return empty when it is full, and this is not of those that matter to the end
    public synchronized Optional<TaskEntry> append(TaskUpdate update) {
        if (full && !isVital(update)) {
            return Optional.empty();
        }
        Optional<TaskEntry> entry = write(update);
        if (!full && bytes >= MOST_BYTES) {
            full = true;
            Optional<TaskEntry> _ =
                    write(new TaskUpdate.Note("this log is full: what follows is not in it"));
        }
        return entry;
    }

    private Optional<TaskEntry> write(TaskUpdate update) {
        var entry = new TaskEntry(last + 1, clock.instant(), update);
        byte[] line = (UpdateFormat.write(entry).compact() + "\n").getBytes(UTF_8);
        if (bytes + line.length > MOST_BYTES + RESERVE) {
            return Optional.empty();
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                bytes += file.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write down what happens in a task", e);
        }
        last++;
        return Optional.of(entry);
    }

    private static boolean isVital(TaskUpdate update) {
        return switch (update) {
            case TaskUpdate.Said _,
                    TaskUpdate.Thought _,
                    TaskUpdate.Output _,
                    TaskUpdate.Tool _,
                    TaskUpdate.Plan _,
                    TaskUpdate.Usage _ ->
                    false;
            case TaskUpdate.Prompted _,
                    TaskUpdate.Asked _,
                    TaskUpdate.Answered _,
                    TaskUpdate.Session _,
                    TaskUpdate.Note _,
                    TaskUpdate.Contacted _,
                    TaskUpdate.Began _,
                    TaskUpdate.Ended _ ->
                    true;
        };
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the log of a task", e);
        }
    }
}
