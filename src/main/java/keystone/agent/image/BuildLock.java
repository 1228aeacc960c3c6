package keystone.agent.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.model.UserError;

/// Held by the one process of this user that changes the directory of images. The kernel gives it
/// back when that process ends, however it ends.
///
/// Taken at most once per process at a time ([Images] sees to it): a second channel on the file
/// would silently drop the lock when it is closed (fcntl(2)).
final class BuildLock implements AutoCloseable {
    /// Longer than any build takes.
    private static final Duration LIMIT = Duration.ofHours(1);

    private final FileChannel channel;

    private BuildLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock, at once or when the other process gives it back.
    ///
    /// @param onWait runs before waiting, when there is something to wait for
    static BuildLock take(Path file, Runnable onWait) throws IOException, InterruptedException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            if (channel.tryLock() == null) {
                onWait.run();
                await(channel);
            }
            return new BuildLock(channel);
        } catch (IOException | InterruptedException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    /// In a thread of its own: the system call knows no limit, but ends when the channel is closed.
    private static void await(FileChannel channel) throws IOException, InterruptedException {
        var locking = new FutureTask<FileLock>(channel::lock);
        Thread.ofPlatform().daemon().name("waiting for another image build").start(locking);
        try {
            locking.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException stillBuilding) {
            throw UserError.timedOut(
                    "another image build has not ended for " + LIMIT.toMinutes() + " minutes",
                    "look for it: ps xww | grep keystone-agent");
        } catch (ExecutionException failed) {
            throw new IOException("cannot lock the directory of images", failed);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
