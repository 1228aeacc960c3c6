package keystone.agent.it;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Assumptions;

/// A file system of its own that a test can fill in an instant: a tmpfs, whose size follows what is
/// asked. Needs root.
public final class SmallDisk implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    public static SmallDisk ofMib(int size) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("ks-disk-");
        Assumptions.assumeTrue(
                Files.getAttribute(directory, "unix:uid").equals(0), "only root may mount a disk");
        run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "mode=0700,size=" + size + "m",
                "tmpfs",
                directory.toString());
        return new SmallDisk(directory);
    }

    public Path directory() {
        return directory;
    }

    /// From now on nothing more can be written, also while others write here. The kernel refuses a
    /// size below what is used, which may have grown since it was looked at: it is looked at again.
    public void fill() throws IOException, InterruptedException {
        FileStore store = Files.getFileStore(directory);
        long end = System.nanoTime() + LIMIT.toNanos();
        Command.Finished resized;
        do {
            resized = resized(store.getTotalSpace() - store.getUnallocatedSpace());
        } while (!resized.ok() && System.nanoTime() < end);
        requireOk(resized);
    }

    public void makeRoom(int mib) throws InterruptedException {
        requireOk(resized((long) mib << 20));
    }

    private Command.Finished resized(long bytes) throws InterruptedException {
        return Command.of("mount", "-o", "remount,size=" + bytes, directory.toString()).run(LIMIT);
    }

    private static void run(String... command) throws InterruptedException {
        requireOk(Command.of(command).run(LIMIT));
    }

    private static void requireOk(Command.Finished finished) {
        if (!finished.ok()) {
            throw new AssertionError(finished);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", directory.toString());
            Files.delete(directory);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
