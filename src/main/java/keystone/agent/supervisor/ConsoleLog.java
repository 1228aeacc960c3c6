package keystone.agent.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import keystone.agent.model.Printable;
import keystone.agent.process.Owned;
import keystone.agent.store.PrivateFiles;

/// The guest's console on the host's disk. Bounded: a guest that prints for ever overwrites its own
/// past, never the host's disk. Used by one thread.
final class ConsoleLog implements Owned.Ending {
    /// The bytes of the current file; one older file of this size is kept beside it.
    static final long LARGEST = 2 << 20;

    private final Path file;
    private FileChannel channel;
    private long size;

    private ConsoleLog(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    /// Begins a new log; the last run's is kept as `console.log.1`.
    static ConsoleLog begin(Path file) {
        try {
            return new ConsoleLog(file, rotate(file), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static FileChannel rotate(Path file) throws IOException {
        if (Files.exists(file)) {
            Path older = file.resolveSibling(file.getFileName() + ".1");
            Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
        }
        return PrivateFiles.append(file);
    }

    void line(String text) {
        byte[] line = (Printable.of(text) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (size + line.length > LARGEST) {
                channel.close();
                channel = rotate(file);
                size = 0;
            }
            channel.write(ByteBuffer.wrap(line));
            size += line.length;
        } catch (IOException diskFull) {
            // The console is a convenience: losing lines of it must not end the guest.
        }
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
