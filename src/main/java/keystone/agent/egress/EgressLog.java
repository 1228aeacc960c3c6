package keystone.agent.egress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import keystone.agent.model.HostAnswer;
import keystone.agent.model.HostContact;
import keystone.agent.process.Owned;

/// Who asked for what, and what became of it: JSON Lines on the host's disk. Bounded: a guest that
/// asks for ever overwrites its own past. Thread-safe.
public final class EgressLog implements Owned.Ending {
    /// The bytes of the current file; one older file of this size is kept beside it, as `.1`.
    static final long LARGEST = 2 << 20;

    /// Who is refused has spent nothing, and would soon overwrite what others did.
    static final int MOST_REFUSED_AT_ONCE = 500;

    private static final Duration ONE_MORE_EVERY = Duration.ofSeconds(1);

    private final Path file;
    private final Pace pace = new Pace(MOST_REFUSED_AT_ONCE, ONE_MORE_EVERY);
    private Instant lastPaced = Instant.EPOCH;
    private final AtomicLong refused = new AtomicLong();
    private final Set<Contacts> contacts = ConcurrentHashMap.newKeySet();
    private FileChannel channel;
    private long size;

    private EgressLog(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    /// Goes on where the last run ended.
    public static EgressLog open(Path file) {
        try {
            FileChannel channel = append(file);
            return new EgressLog(file, channel, channel.size());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static FileChannel append(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    void add(Passed passed) {
        if (passed.outcome() == Passed.Outcome.REFUSED) {
            refused.incrementAndGet();
        }
        write(passed);
        contacts.forEach(each -> each.add(passed));
    }

    void answered(Instant at, HostAnswer answer) {
        contacts.forEach(each -> each.answered(at, answer));
    }

    /// What is not allowed costs a guest nothing, so it must not push out of the log what was.
    private synchronized void write(Passed passed) {
        if (passed.outcome() != Passed.Outcome.ALLOWED) {
            lastPaced = passed.time();
            if (!pace.allows()) {
                return;
            }
            writePassedOver();
        }
        writeLine(passed);
    }

    private void writePassedOver() {
        long more = pace.takePassedOver();
        if (more > 0) {
            String why =
                    "%d more were refused or failed, too quickly to be told one by one"
                            .formatted(more);
            var refusedHere = Passed.Outcome.REFUSED;
            writeLine(new Passed(lastPaced, "unknown", null, null, refusedHere, why, 0, 0, 0));
        }
    }

    private void writeLine(Passed passed) {
        if (!channel.isOpen()) {
            return;
        }
        byte[] line = (passed.toJson().compact() + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (size + line.length > LARGEST) {
                rotate();
            }
            channel.write(ByteBuffer.wrap(line));
            size += line.length;
        } catch (IOException diskFull) {
            // Losing lines of it must not end the guest's connections.
        }
    }

    /// The old one is written to until there is a new one.
    private void rotate() throws IOException {
        if (Files.exists(file)) {
            Path older = file.resolveSibling(file.getFileName() + ".1");
            Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
        }
        FileChannel next = append(file);
        channel.close();
        channel = next;
        size = 0;
    }

    /// Who wants to know what the guest asks for.
    public interface Hearing {
        /// Hears of every host, once for each verdict, when the asking is over.
        void contacted(HostContact contact);

        /// Hears of answers after which programs ask again, when there was none just before; only
        /// of hosts that a secret may go to, as no other answers are read.
        void troubled(HostAnswer answer);
    }

    /// Tells until it is closed.
    ///
    /// @param since what was asked for before is not told
    public Owned.Ending listen(Instant since, Hearing hearing) {
        var added = new Contacts(this, since, hearing);
        contacts.add(added);
        return added;
    }

    void forget(Contacts gone) {
        contacts.remove(gone);
    }

    /// How many connections were refused in this run.
    public long refused() {
        return refused.get();
    }

    @Override
    public synchronized void close() {
        writePassedOver();
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
