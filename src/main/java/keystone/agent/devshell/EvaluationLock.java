package keystone.agent.devshell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import keystone.agent.process.Patience;

/// The right to evaluate in one place: two at once would share Nix's profile, and each would remove
/// the links to what the other has just built. It ends with the process that has it.
final class EvaluationLock implements AutoCloseable {
    private final FileChannel channel;

    private EvaluationLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Waits until it is free; empty when the limit passed first.
    ///
    /// @param file empty, and made when missing
    static Optional<EvaluationLock> await(Path file, Duration limit)
            throws IOException, InterruptedException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            // No event tells of a lock's release, short of blocking without a limit.
            if (Patience.until(limit, () -> isLocked(channel))) {
                return Optional.of(new EvaluationLock(channel));
            }
        } catch (RuntimeException failed) {
            channel.close();
            throw failed;
        }
        channel.close();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return Optional.empty();
    }

    private static boolean isLocked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException anotherThreadOfOurs) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock a devshell's place", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
