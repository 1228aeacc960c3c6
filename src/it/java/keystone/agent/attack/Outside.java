package keystone.agent.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What of this host no agent may read or change, as it was in the beginning.
///
/// That a file was read shows in its time of access, which most file systems change when it is
/// older than the file; whether this one does is tried first.
final class Outside {
    static final String SECRET = "of the host, and not shared";

    private static final FileTime READ_BEFORE = FileTime.from(Instant.ofEpochSecond(946_684_800));
    private static final FileTime WRITTEN = FileTime.from(Instant.ofEpochSecond(978_307_200));

    private final Path root;
    private final Predicate<Path> watched;
    private final Map<Path, String> before;
    private final boolean tellsReading;

    private Outside(Path root, Predicate<Path> watched) throws IOException {
        this.root = root;
        this.watched = watched;
        this.before = lines();
        resetTimes();
        this.tellsReading = tellsReading();
        resetTimes();
    }

    /// @param excepted directories that are not looked into
    static Outside of(Path root, List<Path> excepted) throws IOException {
        return new Outside(root, path -> excepted.stream().noneMatch(path::startsWith));
    }

    private boolean tellsReading() throws IOException {
        for (Path file : before.keySet()) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.readAllBytes(file);
                return hasMoved("lastAccessTime", file, READ_BEFORE);
            }
        }
        return false;
    }

    /// From now on, what is there now is as it was.
    void begin() throws IOException {
        before.clear();
        before.putAll(lines());
        resetTimes();
    }

    boolean isAbleToTellReading() {
        return tellsReading;
    }

    /// What was read since the last look, or is not as it was then.
    List<String> harm() throws IOException {
        var harm = new ArrayList<String>();
        for (Path file : before.keySet()) {
            if (tellsReading && hasMoved("lastAccessTime", file, READ_BEFORE)) {
                harm.add("read: " + root.relativize(file));
            }
        }
        harm.addAll(changes());
        return harm;
    }

    /// What is not as it was at the last look.
    List<String> changes() throws IOException {
        var harm = new ArrayList<String>();
        for (Path file : before.keySet()) {
            if (hasMoved("lastModifiedTime", file, WRITTEN)) {
                harm.add("written: " + root.relativize(file));
            }
        }
        Map<Path, String> now = lines();
        for (Path each : now.keySet()) {
            if (!now.get(each).equals(before.get(each))) {
                harm.add("changed: " + root.relativize(each) + " " + now.get(each));
            }
        }
        before.keySet().stream()
                .filter(each -> !now.containsKey(each))
                .forEach(gone -> harm.add("removed: " + root.relativize(gone)));
        begin();
        return harm;
    }

    /// Whether a file that is there has another time.
    private static boolean hasMoved(String which, Path file, FileTime expected) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && !expected.equals(Files.getAttribute(file, which, LinkOption.NOFOLLOW_LINKS));
    }

    private void resetTimes() throws IOException {
        for (Path file : before.keySet()) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.getFileAttributeView(
                                file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setTimes(WRITTEN, READ_BEFORE, null);
            }
        }
    }

    private Map<Path, String> lines() throws IOException {
        var lines = new TreeMap<Path, String>();
        collect(root, lines);
        return lines;
    }

    private void collect(Path path, Map<Path, String> lines) throws IOException {
        if (!watched.test(path)) {
            return;
        }
        lines.put(path, line(path));
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> entries = Files.list(path)) {
                for (Path each : entries.toList()) {
                    collect(each, lines);
                }
            }
        }
    }

    private static String line(Path path) throws IOException {
        Map<String, @Nullable Object> seen =
                Files.readAttributes(path, "unix:mode,uid,nlink", LinkOption.NOFOLLOW_LINKS);
        boolean isFile = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        String content = isFile ? content(path) + attributes(path) : "";
        // Directories have as many links as there are directories in them.
        Object links = isFile ? seen.get("nlink") : "";
        return "%s %s %s %s".formatted(seen.get("mode"), seen.get("uid"), links, content);
    }

    /// A character a byte.
    private static String content(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static List<String> attributes(Path file) throws IOException {
        var view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        return view == null ? List.of() : view.list();
    }
}
