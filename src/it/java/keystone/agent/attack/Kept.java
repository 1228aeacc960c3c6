package keystone.agent.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// A small tree as it was once, to be put back as often as it is needed. Follows no link.
final class Kept {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path root;
    private final Map<Path, Item> items = new TreeMap<>();

    /// @param content of a file, a character a byte; null of a directory
    private record Item(Set<PosixFilePermission> mode, @Nullable String content) {}

    private Kept(Path root) {
        this.root = root;
    }

    /// @param root with files and directories only
    static Kept of(Path root) throws IOException {
        var kept = new Kept(root);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.toList()) {
                String content = isDirectory(each) ? null : content(each);
                var mode = Files.getPosixFilePermissions(each, LinkOption.NOFOLLOW_LINKS);
                kept.items.put(each, new Item(mode, content));
            }
        }
        return kept;
    }

    private static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String content(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /// What is not as it was, of those of its files and of new ones that begin with a path.
    List<String> changesBelow(Path start) throws IOException {
        var changes = new ArrayList<String>();
        for (Map.Entry<Path, Item> each : items.entrySet()) {
            if (each.getKey().startsWith(start) && !isAsItWas(each.getKey(), each.getValue())) {
                changes.add("changed: " + root.relativize(each.getKey()));
            }
        }
        collectNew(start, changes);
        return changes;
    }

    private static boolean isAsItWas(Path path, Item item) throws IOException {
        if (item.content() == null) {
            return isDirectory(path);
        }
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && content(path).equals(item.content());
    }

    private void collectNew(Path start, List<String> found) throws IOException {
        if (Files.exists(start, LinkOption.NOFOLLOW_LINKS) && !items.containsKey(start)) {
            found.add("new: " + root.relativize(start));
        }
        if (isDirectory(start)) {
            try (Stream<Path> entries = Files.list(start)) {
                for (Path each : entries.toList()) {
                    collectNew(each, found);
                }
            }
        }
    }

    void putBack() throws IOException, InterruptedException {
        removeOthers();
        for (Map.Entry<Path, Item> each : items.entrySet()) {
            putBack(each.getKey(), each.getValue());
        }
    }

    /// What was not there, or was of another kind. Directories that stay are not exchanged:
    /// somebody may have mounted something over them.
    private void removeOthers() throws IOException, InterruptedException {
        var others = new ArrayList<String>();
        others.addAll(List.of("rm", "-rf", "--"));
        collectOthers(root, others);
        if (others.size() > 3) {
            Command.Finished removed = Command.of(others).run(LIMIT);
            if (!removed.ok()) {
                throw new AssertionError(removed);
            }
        }
    }

    private void collectOthers(Path directory, List<String> others) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Item item = items.get(entry);
                boolean isDirectory = isDirectory(entry);
                if (item == null || isDirectory != (item.content() == null)) {
                    remove(entry, others);
                } else if (isDirectory) {
                    collectOthers(entry, others);
                } else if (!Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(entry);
                }
            }
        }
    }

    /// Names that are no text cannot be arguments; nothing that is deep has one.
    private static void remove(Path entry, List<String> others) throws IOException {
        if (!isDirectory(entry)) {
            Files.delete(entry);
        } else if (entry.toString().chars().allMatch(each -> each > ' ' && each < 0x7f)) {
            others.add(entry.toString());
        } else {
            try (Stream<Path> below = Files.walk(entry)) {
                for (Path each : below.toList().reversed()) {
                    Files.delete(each);
                }
            }
        }
    }

    private static void putBack(Path path, Item item) throws IOException {
        boolean exists = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        String content = item.content();
        if (content == null && !exists) {
            Files.createDirectory(path);
        } else if (content != null && !(exists && content(path).equals(content))) {
            Files.deleteIfExists(path);
            Files.writeString(path, content, StandardCharsets.ISO_8859_1);
        }
        if (!Files.getPosixFilePermissions(path).equals(item.mode())) {
            Files.setPosixFilePermissions(path, item.mode());
        }
    }
}
