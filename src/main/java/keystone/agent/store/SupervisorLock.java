package keystone.agent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Held by a supervisor for as long as it lives: lock held means supervisor alive. Any thread may
/// close it.
///
/// The file is empty and is opened nowhere else: closing any other descriptor of it in the process
/// that holds the lock would silently drop the lock (fcntl(2), "Advisory record locking").
public final class SupervisorLock implements AutoCloseable {
    private final FileChannel channel;

    private SupervisorLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock, or empty when another process holds it.
    static Optional<SupervisorLock> tryTake(Path file) {
        try {
            FileChannel channel = PrivateFiles.append(file);
            return locked(channel, false)
                    ? Optional.of(new SupervisorLock(channel))
                    : closed(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + file, e);
        }
    }

    /// Whether some other process holds the lock. Looks with a shared lock that is given back at
    /// once: a supervisor that starts in that instant tries again.
    static boolean isHeld(Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return !locked(channel, true);
        } catch (IOException removedMeanwhile) {
            return false;
        }
    }

    private static boolean locked(FileChannel channel, boolean shared) throws IOException {
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            return lock != null;
        } catch (OverlappingFileLockException heldByThisVeryProcess) {
            return false;
        }
    }

    private static Optional<SupervisorLock> closed(FileChannel channel) throws IOException {
        channel.close();
        return Optional.empty();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
