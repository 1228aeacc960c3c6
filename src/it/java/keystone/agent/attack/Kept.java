package keystone.agent.attack;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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

    /// @param content of a file; null of a directory
    private record Item(Set<PosixFilePermission> mode, byte @Nullable [] content) {
        boolean isDirectory() {
            return content == null;
        }

        @Override
        public String toString() {
            return mode + " " + Arrays.hashCode(content);
        }
    }

    private Kept(Path root) {
        this.root = root;
    }

    /// @param root with files and directories only
    static Kept of(Path root) throws IOException {
        var kept = new Kept(root);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.toList()) {
                byte[] content = isDirectory(each) ? null : Files.readAllBytes(each);
                var mode = Files.getPosixFilePermissions(each, LinkOption.NOFOLLOW_LINKS);
                kept.items.put(each, new Item(mode, content));
            }
        }
        return kept;
    }

    private static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
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
                boolean same =
                        item != null
                                && item.isDirectory() == isDirectory(entry)
                                && !Files.isSymbolicLink(entry);
                if (!same) {
                    remove(entry, others);
                } else if (item.isDirectory()) {
                    collectOthers(entry, others);
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
        if (item.isDirectory()) {
            if (!isDirectory(path)) {
                Files.createDirectory(path);
            }
        } else if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                || !Arrays.equals(Files.readAllBytes(path), item.content())) {
            Files.deleteIfExists(path);
            Files.write(path, item.content());
        }
        if (!Files.getPosixFilePermissions(path).equals(item.mode())) {
            Files.setPosixFilePermissions(path, item.mode());
        }
    }
}
