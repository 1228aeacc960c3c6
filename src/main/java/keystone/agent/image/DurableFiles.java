package keystone.agent.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import keystone.agent.process.WholeFile;
import keystone.agent.process.WholeFile.Durability;
import keystone.agent.process.WholeFile.Writers;

/// Files and directories that appear whole or not at all, also after a power cut.
final class DurableFiles {
    private DurableFiles() {}

    /// A new, empty, private directory, with its parents.
    static Path privateDirectory(Path directory) throws IOException {
        return Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// A new, empty, private file.
    static Path privateFile(Path file) throws IOException {
        return Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    static void replace(Path file, String content) throws IOException {
        WholeFile.replace(file, content, Writers.ONE, Durability.FLUSHED);
    }

    /// Writes everything below a directory to the disk, so that a rename of it that follows never
    /// shows files without their content.
    static void flush(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    /// Removes a tree without following links out of it; nothing to remove is fine.
    static void deleteTree(Path root) throws IOException {
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
                for (Path entry : entries) {
                    deleteTree(entry);
                }
            } catch (NoSuchFileException goneMeanwhile) {
                return;
            }
        }
        Files.deleteIfExists(root);
    }
}
