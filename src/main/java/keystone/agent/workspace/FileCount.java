package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// Counts what is below a directory, but no further than somebody wants to know.
final class FileCount extends SimpleFileVisitor<Path> {
    private final long most;
    private long seen;

    private FileCount(long most) {
        this.most = most;
    }

    /// Whether there is more than that; what cannot be read does not count. Follows no link.
    static boolean exceeds(Path directory, long most) {
        var count = new FileCount(most);
        try {
            Files.walkFileTree(directory, count);
        } catch (IOException changing) {
            // What was seen so far decides.
        }
        return count.seen > most;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        return counted();
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        return counted();
    }

    private FileVisitResult counted() {
        seen++;
        return seen > most ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
        return FileVisitResult.CONTINUE;
    }
}
