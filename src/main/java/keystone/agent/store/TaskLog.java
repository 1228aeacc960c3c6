package keystone.agent.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.Optional;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskUpdate;

/// Writes down what happens in a task, before anybody is shown it. Bounded, so that an agent that
/// babbles does not fill the host's disk. Thread-safe.
public final class TaskLog implements AutoCloseable {
    /// The most bytes that agents' words may take; the end and the hosts have room beyond it.
    ///
    /// @param most of anything
    /// @param words beyond that, of what matters and may be in an agent's words
    /// @param last beyond those, of what we alone say
    record Room(long most, long words, long last) {
        /// Hours of output.
        static final Room USUAL = new Room(128L << 20, 3L << 20, 1L << 20);
    }

    /// What an update has to do with it.
    private enum Rank {
        DETAIL,
        WORDS,
        LAST
    }

    private final SeekableByteChannel file;
    private final InstantSource clock;
    private final Room room;
    private long last;
    private long bytes;
    private boolean full;

    /// Whether the disk did not take what it could do without.
    private boolean missing;

    /// Goes on at the end of what is there, whole lines.
    TaskLog(SeekableByteChannel file, InstantSource clock, Room room, long last)
            throws IOException {
        this.file = file;
        this.clock = clock;
        this.room = room;
        this.last = last;
        this.bytes = file.size();
        this.full = bytes >= room.most();
    }

    /// Goes on where it ended.
    public static TaskLog open(TaskDir dir, InstantSource clock) {
        return open(dir, clock, Room.USUAL);
    }

    static TaskLog open(TaskDir dir, InstantSource clock, Room room) {
        try {
            long last = lastNumber(dir);
            FileChannel file = PrivateFiles.append(dir.updates());
            endLine(dir, file);
            return new TaskLog(file, clock, room, last);
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
        boolean isDetail = rank(update) == Rank.DETAIL;
        if (full && isDetail) {
            return Optional.empty();
        }
        Optional<TaskEntry> entry;
        try {
            entry = writeAfterMissing(update);
        } catch (UncheckedIOException diskFull) {
            if (isDetail) {
                // No reason for an agent to end.
                missing = true;
                return Optional.empty();
            }
            throw diskFull;
        }
        if (!full && bytes >= room.most()) {
            full = true;
            Optional<TaskEntry> _ =
                    write(new TaskUpdate.Note("this log is full: what follows is not in it"));
        }
        return entry;
    }

    private Optional<TaskEntry> writeAfterMissing(TaskUpdate update) {
        if (missing) {
            Optional<TaskEntry> _ =
                    write(
                            new TaskUpdate.Note(
                                    "something is missing here: the host's disk did not take it"));
            missing = false;
        }
        return write(update);
    }

    private Optional<TaskEntry> write(TaskUpdate update) {
        var entry = new TaskEntry(last + 1, clock.instant(), update);
        byte[] line = (UpdateFormat.write(entry).compact() + "\n").getBytes(UTF_8);
        long most = room.most() + room.words();
        if (bytes + line.length > (rank(update) == Rank.LAST ? most + room.last() : most)) {
            return Optional.empty();
        }
        long before = bytes;
        try {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                bytes += file.write(buffer);
            }
        } catch (IOException e) {
            takeBack(before);
            throw new UncheckedIOException("cannot write down what happens in a task", e);
        }
        last++;
        return Optional.of(entry);
    }

    /// A disk that is full takes half a line: the next one would be glued to it, and nobody could
    /// read either.
    private void takeBack(long before) {
        try {
            file.truncate(before);
            bytes = before;
        } catch (IOException worse) {
            // Whoever opens it next ends the line.
        }
    }

    private static Rank rank(TaskUpdate update) {
        return switch (update) {
            case TaskUpdate.Said _,
                    TaskUpdate.Thought _,
                    TaskUpdate.Output _,
                    TaskUpdate.Tool _,
                    TaskUpdate.Plan _,
                    TaskUpdate.Usage _ ->
                    Rank.DETAIL;
            case TaskUpdate.Prompted _,
                    TaskUpdate.Asked _,
                    TaskUpdate.Answered _,
                    TaskUpdate.Session _,
                    TaskUpdate.Note _ ->
                    Rank.WORDS;
            case TaskUpdate.Contacted _, TaskUpdate.Began _, TaskUpdate.Ended _ -> Rank.LAST;
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
