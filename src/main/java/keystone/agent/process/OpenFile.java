package keystone.agent.process;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
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

    @Override
    public void close() {
        Posix.close(descriptor);
    }
}
