package keystone.agent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Who follows a task. Each holds a shared lock of an empty file for as long: that needs no word to
/// its supervisor, and ends also with a process that is killed.
public final class TaskFollowers {
    private final Path file;

    TaskFollowers(Path file) {
        this.file = file;
    }

    void prepare() {
        PrivateFiles.replace(file, "");
    }

    /// Registers this process as a follower until the result is closed.
    public Following join() {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            FileLock _ = channel.lock(0, Long.MAX_VALUE, true);
            return new Following(channel);
        } catch (NoSuchFileException ofAnEarlierVersion) {
            return new Following(null);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + file, e);
        }
    }

    /// Somebody who follows.
    public static final class Following implements AutoCloseable {
        private final @Nullable FileChannel channel;

        private Following(@Nullable FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close a lock", e);
            }
        }
    }

    /// Whether there is one at the moment.
    public boolean any() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException weWaitForTheirEnd) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Waits until there is none, for as long as it takes.
    public void awaitNone() throws InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileLock _ = channel.lock();
        } catch (FileLockInterruptionException | ClosedByInterruptException stop) {
            Thread.interrupted();
            throw new InterruptedException();
        } catch (NoSuchFileException ofAnEarlierVersion) {
            // Tasks of earlier versions have no such file, so they have no followers.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + file, e);
        }
    }
}
