package keystone.agent.security;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// Looks for a secret where none may be.
public record Haystack(String needle) {
    private static final int CHUNK = 1 << 20;

    /// The files below a directory, disk images too, that hold it.
    public List<Path> filesBelow(Path root) throws IOException {
        var found = new ArrayList<Path>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (attributes.isRegularFile() && isIn(file)) {
                            found.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    // What others make and remove meanwhile holds nothing any more.
                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }
                });
        return found;
    }

    private boolean isIn(Path file) {
        byte[] wanted = needle.getBytes(StandardCharsets.UTF_8);
        byte[] chunk = new byte[CHUNK + wanted.length];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            int kept = 0;
            for (int n = in.read(chunk, 0, CHUNK); n >= 0; n = in.read(chunk, kept, CHUNK)) {
                String text = new String(chunk, 0, kept + n, StandardCharsets.ISO_8859_1);
                if (text.contains(new String(wanted, StandardCharsets.ISO_8859_1))) {
                    return true;
                }
                // The needle may begin in this chunk and end in the next.
                int end = kept + n;
                kept = Math.min(wanted.length, end);
                System.arraycopy(chunk, end - kept, chunk, 0, kept);
            }
            return false;
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `pid program` of every process of this host in whose arguments it is.
    public List<String> argumentLists() {
        return processes("cmdline");
    }

    /// Likewise, in its environment as it was started with.
    public List<String> environments() {
        return processes("environ");
    }

    private List<String> processes(String file) {
        var found = new ArrayList<String>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : all) {
                if (text(process.resolve(file)).contains(needle)) {
                    found.add(process.getFileName() + " " + text(process.resolve("comm")).strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
