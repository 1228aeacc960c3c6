package keystone.agent.process;

import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// A directory held open, so that nobody can put another one, or a link, in its place.
///
/// What is made, opened or removed below [#path] is in this very directory whatever its name leads
/// to by now, as long as the last part of a path is not followed (`NOFOLLOW_LINKS`, `CREATE_NEW`).
/// Threads may share it until it is closed.
public final class OpenDirectory implements AutoCloseable {
    private final int descriptor;

    private OpenDirectory(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Opens the directory of this very path; a link on the way to it is refused, also one that is
    /// put there only now.
    ///
    /// @param path absolute, without `.` and `..`
    public static OpenDirectory withoutLinks(Path path) throws IOException {
        OpenDirectory at = onTheWay(Path.of("/"));
        for (Path name : path) {
            try (OpenDirectory above = at) {
                at = onTheWay(above.path().resolve(name));
            }
        }
        return at;
    }

    private static OpenDirectory onTheWay(Path path) throws IOException {
        return new OpenDirectory(checked(Posix.openDirectoryOnTheWay(path), path));
    }

    /// Opens one that lies in this one; a link is refused.
    public OpenDirectory child(Path name) throws IOException {
        return new OpenDirectory(checked(Posix.openDirectoryItself(path().resolve(name)), name));
    }

    private static int checked(int descriptor, Path path) throws NotDirectoryException {
        if (descriptor < 0) {
            throw new NotDirectoryException(path.toString());
        }
        return descriptor;
    }

    /// Leads here for as long as this is open, and only for this process.
    public Path path() {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /// It means nothing once this is closed.
    int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        Posix.close(descriptor);
    }
}
