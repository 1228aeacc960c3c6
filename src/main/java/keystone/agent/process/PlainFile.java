package keystone.agent.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads a small file from a place that a guest can write, without being led elsewhere or held up:
/// what is there is looked at before it is opened for reading, and it is the same thing that is
/// read then. A link, a pipe or a device is not opened at all.
public final class PlainFile {
    private PlainFile() {}

    /// There is something of that name, but not a plain file of a sensible size.
    public static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    /// The whole content; empty when there is no such file.
    ///
    /// @param name of a file in the directory itself
    /// @param most bytes
    /// @throws Refused with what it is instead
    public static Optional<byte[]> read(OpenDirectory directory, Path name, int most)
            throws IOException {
        int descriptor = Posix.openItself(directory.path().resolve(name));
        if (descriptor < 0) {
            return Optional.empty();
        }
        try {
            // Leads to what was opened, whatever the name means by now.
            Path itself = Path.of("/proc/self/fd/" + descriptor);
            if (!Files.isRegularFile(itself)) {
                throw new Refused("it is a link or no plain file");
            }
            return Optional.of(content(itself, most));
        } finally {
            Posix.close(descriptor);
        }
    }

    private static byte[] content(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(most + 1);
            if (content.length > most) {
                throw new Refused("it is longer than " + (most >> 10) + " KiB");
            }
            return content;
        }
    }
}
