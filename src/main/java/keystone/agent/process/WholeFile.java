package keystone.agent.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Replaces a small file, which only its owner can read from then on (0600), so that whoever reads
/// it meets the old content or the new one, and never a part.
public final class WholeFile {
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /// How many may replace the same file at once.
    public enum Writers {
        /// The caller sees to it, such as by a lock. What a killed one has left goes with the next.
        ONE,

        /// The last one counts. A killed one leaves a file whose name begins with `.new-`.
        SEVERAL
    }

    /// What is there after a power cut.
    public enum Durability {
        /// The old content or the new one: for what nothing else can tell.
        FLUSHED,

        /// Perhaps nothing: for what can be made again.
        UNFLUSHED
    }

    private WholeFile() {}

    /// Writes the content beside the file and renames it.
    ///
    /// @param file in a directory that is there
    public static void replace(Path file, String content, Writers writers, Durability durability)
            throws IOException {
        Path fresh = fresh(file, writers);
        try {
            write(fresh, content, durability);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static Path fresh(Path file, Writers writers) throws IOException {
        return switch (writers) {
            case ONE -> {
                Path fresh = file.resolveSibling(file.getFileName() + ".new");
                Files.deleteIfExists(fresh);
                yield Files.createFile(fresh, PRIVATE);
            }
            case SEVERAL ->
                    Files.createTempFile(
                            Objects.requireNonNull(file.toAbsolutePath().getParent()),
                            ".new-",
                            null,
                            PRIVATE);
        };
    }

    private static void write(Path fresh, String content, Durability durability)
            throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(content));
        try (FileChannel channel = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
            if (durability == Durability.FLUSHED) {
                channel.force(true);
            }
        }
    }
}
