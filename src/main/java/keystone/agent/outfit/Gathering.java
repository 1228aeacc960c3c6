package keystone.agent.outfit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import keystone.agent.model.HomeFile;
import keystone.agent.process.OpenDirectory;

/// Reads files into memory, within bounds, and follows no link: what lies behind one was not meant
/// for a guest, or nobody can tell.
final class Gathering {
    private static final int LARGEST = 256 << 10;
    private static final int MOST_BYTES = 8 << 20;
    private static final int MOST_FILES = 1000;
    private static final int DEEPEST = 8;

    private static final Set<OpenOption> READ =
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    /// What others made from what is there, and can make again.
    private static final Set<String> MADE = Set.of("node_modules", "__pycache__");

    private static final int FILE = 0444;
    private static final int PROGRAM = 0555;
    private static final int SETTINGS = 0644;

    private final List<HomeFile> files = new ArrayList<>();
    private int bytes;
    private int leftOut;

    List<HomeFile> files() {
        return List.copyOf(files);
    }

    int leftOut() {
        return leftOut;
    }

    /// Settings that an agent may change itself.
    void add(String path, String text) {
        files.add(new HomeFile(path, SETTINGS, text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Some files of a directory, and some directories in it with all that they hold.
    void read(Path directory, String prefix, List<String> names, List<String> trees)
            throws IOException {
        try (OpenDirectory open = OpenDirectory.withoutLinks(directory)) {
            for (String name : names) {
                tryEntry(open, Path.of(name), prefix, DEEPEST);
            }
            for (String name : trees) {
                tryEntry(open, Path.of(name), prefix, 0);
            }
        }
    }

    void leaveOut() {
        leftOut++;
    }

    /// One that cannot be read keeps no other from coming along.
    private void tryEntry(OpenDirectory directory, Path name, String prefix, int depth) {
        try {
            entry(directory, name, prefix, depth);
        } catch (IOException | DirectoryIteratorException unreadable) {
            leftOut++;
        }
    }

    private void entry(OpenDirectory directory, Path name, String prefix, int depth)
            throws IOException {
        Path path = directory.path().resolve(name);
        BasicFileAttributes attributes;
        try {
            attributes =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException none) {
            return;
        }
        if (attributes.isDirectory() && depth < DEEPEST) {
            tree(directory, name, prefix, depth);
        } else if (attributes.isRegularFile()
                && attributes.size() <= LARGEST
                && bytes + attributes.size() <= MOST_BYTES
                && files.size() < MOST_FILES) {
            byte[] content = content(path);
            bytes += content.length;
            int mode = Files.isExecutable(path) ? PROGRAM : FILE;
            files.add(new HomeFile(prefix + name, mode, content));
        } else {
            leftOut++;
        }
    }

    /// Names with a dot are other programs' own affairs: histories, caches, variables with keys.
    private void tree(OpenDirectory parent, Path name, String prefix, int depth)
            throws IOException {
        try (OpenDirectory directory = parent.child(name)) {
            var names = new ArrayList<Path>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.path())) {
                for (Path entry : entries) {
                    String word = String.valueOf(entry.getFileName());
                    boolean plain = !word.startsWith(".") && !word.contains("\n");
                    if (plain && !MADE.contains(word)) {
                        names.add(Path.of(word));
                    }
                }
            }
            names.sort(null);
            for (Path each : names) {
                tryEntry(directory, each, prefix + name + "/", depth + 1);
            }
        }
    }

    /// The text of one file; empty when there is none, or it is a link or too large.
    Optional<String> text(Path directory, String name) throws IOException {
        try (OpenDirectory open = OpenDirectory.withoutLinks(directory)) {
            Path path = open.path().resolve(name);
            boolean fits =
                    Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                            && Files.size(path) <= LARGEST;
            return fits
                    ? Optional.of(new String(content(path), StandardCharsets.UTF_8))
                    : Optional.empty();
        }
    }

    private static byte[] content(Path path) throws IOException {
        try (InputStream in = Channels.newInputStream(Files.newByteChannel(path, READ))) {
            return in.readNBytes(LARGEST);
        }
    }
}
