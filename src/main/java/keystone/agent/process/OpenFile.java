package keystone.agent.process;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A regular file held open, so that nobody can put a link, or a pipe that never answers, in its
/// place before it is read.
public final class OpenFile implements AutoCloseable {
    private final int descriptor;

    private OpenFile(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Opens the file itself; a link, and what is no regular file, is refused.
    ///
    /// @param path absolute
    public static OpenFile itself(Path path) throws IOException {
        int descriptor = Posix.openItself(path);
        if (descriptor < 0) {
            throw new FileNotFoundException(path.toString());
        }
        var file = new OpenFile(descriptor);
        if (!Files.isRegularFile(file.path())) {
            file.close();
            throw new FileNotFoundException(path + " is not a regular file");
        }
        return file;
    }

    private Path path() {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /// Its beginning.
    ///
    /// @param most bytes; fewer when it is shorter
    public byte[] read(int most) throws IOException {
        try (InputStream content = Files.newInputStream(path())) {
            return content.readNBytes(most);
        }
    }

    /// Its beginning, to somewhere else.
    ///
    /// @param most bytes; one more is copied when it is longer
    /// @return how many were copied
    public long copy(OutputStream to, long most) throws IOException {
        var chunk = new byte[64 << 10];
        long copied = 0;
        try (InputStream content = Files.newInputStream(path())) {
            while (copied <= most) {
                int some = content.read(chunk, 0, (int) Math.min(chunk.length, most + 1 - copied));
                if (some < 0) {
                    break;
                }
                to.write(chunk, 0, some);
                copied += some;
            }
        }
        return copied;
    }

    @Override
    public void close() {
        Posix.close(descriptor);
    }
}
