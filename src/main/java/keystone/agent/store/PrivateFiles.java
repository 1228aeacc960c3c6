package keystone.agent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import keystone.agent.process.WholeFile;
import keystone.agent.process.WholeFile.Durability;
import keystone.agent.process.WholeFile.Writers;

/// Files that only their owner may read (0600) in directories that only their owner may enter
/// (0700). The mode is given at creation, so there is no moment in which they are open to others.
public final class PrivateFiles {
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFiles() {}

    public static Path createDirectories(Path directory) {
        try {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                return directory;
            }
            return Files.createDirectories(directory, DIRECTORY);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + directory, e);
        }
    }

    /// Makes one directory, unless it is there, in one that is.
    static Path createDirectory(Path directory) {
        try {
            return Files.createDirectory(directory, DIRECTORY);
        } catch (FileAlreadyExistsException there) {
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + directory, e);
        }
    }

    /// Writes the whole file or leaves the old one, also after a power cut. Commands and
    /// supervisors may do so at once: the last one counts.
    public static void replace(Path file, String content) {
        try {
            WholeFile.replace(file, content, Writers.SEVERAL, Durability.FLUSHED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Makes a file that must not exist yet.
    public static void create(Path file, byte[] content) {
        try {
            write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        FILE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /// Opens for appending, making it when it is missing.
    public static FileChannel append(Path file) throws IOException {
        return FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), FILE);
    }

    /// Removes a tree without following links out of it; nothing to remove is fine. Nor does it
    /// leave the tree when somebody exchanges a directory for a link meanwhile, which counts where
    /// root removes what others can write.
    public static void deleteTree(Path root) {
        Path parent = Objects.requireNonNull(root.toAbsolutePath().getParent());
        try (DirectoryStream<Path> above = Files.newDirectoryStream(parent)) {
            delete(secure(above), Objects.requireNonNull(root.getFileName()));
        } catch (NoSuchFileException alreadyGone) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + root, e);
        }
    }

    /// On Linux every directory can be read so.
    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> directory) {
        return (SecureDirectoryStream<Path>) directory;
    }

    private static void delete(SecureDirectoryStream<Path> above, Path name) throws IOException {
        try {
            if (isDirectory(above, name)) {
                deleteContents(above, name);
                above.deleteDirectory(name);
            } else {
                above.deleteFile(name);
            }
        } catch (NoSuchFileException alreadyGone) {
            return;
        }
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> above, Path name)
            throws IOException {
        return above.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    private static void deleteContents(SecureDirectoryStream<Path> above, Path name)
            throws IOException {
        try (SecureDirectoryStream<Path> inside =
                above.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path each : inside) {
                delete(inside, Objects.requireNonNull(each.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
