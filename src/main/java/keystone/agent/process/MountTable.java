package keystone.agent.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The mounts that a process sees (proc(5), `mountinfo`).
public final class MountTable {
    /// White space and backslashes are octal; every other byte stands for itself, and need be no
    /// text.
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    private final List<Mount> mounts;

    /// One mount.
    ///
    /// @param device the file system's number
    /// @param root which directory of the file system is shown
    /// @param point where
    /// @param type of the file system
    /// @param source what the file system says it shows
    private record Mount(String device, Path root, Path point, String type, String source) {
        static Mount parse(String line) {
            String[] field = line.split(" ", 6);
            // How many fields are before the hyphen differs.
            String[] last = line.substring(line.indexOf(" - ") + 3).split(" ", 3);
            return new Mount(
                    field[2],
                    path(unescaped(field[3])),
                    path(unescaped(field[4])),
                    last[0],
                    last.length > 1 ? text(unescaped(last[1])) : "");
        }

        /// @param bytes each as the character of the same number
        private static Path path(String bytes) {
            String below = bytes.startsWith("/") ? bytes.substring(1) : bytes;
            Path relative = below.isEmpty() ? Path.of("") : RawPath.ofName(below);
            return bytes.startsWith("/") ? Path.of("/").resolve(relative) : relative;
        }

        private static String text(String bytes) {
            return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }

        private static String unescaped(String field) {
            return ESCAPED.matcher(field).replaceAll(Mount::character);
        }

        private static String character(MatchResult escape) {
            char character = (char) Integer.parseInt(escape.group(1), 8);
            return Matcher.quoteReplacement(String.valueOf(character));
        }
    }

    /// A directory, whatever it is called and wherever it is mounted.
    ///
    /// @param device the file system's number
    /// @param path in that file system
    public record Place(String device, Path path) {}

    /// A file system that says where it comes from.
    public record Mounted(Path point, String source) {}

    private MountTable(List<Mount> mounts) {
        this.mounts = mounts;
    }

    public static MountTable ofThisProcess() {
        return of(ProcessHandle.current().pid());
    }

    public static MountTable of(long pid) {
        Path table = Path.of("/proc", Long.toString(pid), "mountinfo");
        try {
            return parse(Files.readString(table, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + table, e);
        }
    }

    /// Reads those of all processes below this one that have mounts of their own, each once.
    public static List<MountTable> ofTheEnclosed() {
        var seen = new HashSet<>(namespace(ProcessHandle.current()).stream().toList());
        return ProcessHandle.current()
                .descendants()
                .filter(each -> namespace(each).filter(seen::add).isPresent())
                .flatMap(each -> whileItLives(each).stream())
                .toList();
    }

    private static Optional<Path> namespace(ProcessHandle process) {
        try {
            Path link = Path.of("/proc", Long.toString(process.pid()), "ns", "mnt");
            return Optional.of(Files.readSymbolicLink(link));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Optional<MountTable> whileItLives(ProcessHandle process) {
        try {
            return Optional.of(of(process.pid()));
        } catch (UncheckedIOException gone) {
            return Optional.empty();
        }
    }

    /// @param table its bytes, each as the character of the same number
    static MountTable parse(String table) {
        return new MountTable(table.lines().map(Mount::parse).toList());
    }

    /// All that are mounted of one type, the last on top.
    public List<Mounted> ofType(String type) {
        return mounts.stream()
                .filter(mount -> mount.type().equals(type))
                .map(mount -> new Mounted(mount.point(), mount.source()))
                .toList();
    }

    /// What a path means there when none of its names is a link; empty when nothing is mounted.
    public Optional<Place> find(Path path) {
        Mount found = null;
        for (Mount mount : mounts) {
            boolean isNearer =
                    found == null || mount.point().getNameCount() >= found.point().getNameCount();
            // Of several at one point, the last is on top.
            if (path.startsWith(mount.point()) && isNearer) {
                found = mount;
            }
        }
        return Optional.ofNullable(found)
                .map(
                        mount ->
                                new Place(
                                        mount.device(),
                                        mount.root()
                                                .resolve(mount.point().relativize(path))
                                                .normalize()));
    }

    /// Where a directory or file is mounted by itself.
    public List<Path> points(Place place) {
        return mounts.stream()
                .filter(mount -> mount.device().equals(place.device()))
                .filter(mount -> mount.root().equals(place.path()))
                .map(Mount::point)
                .toList();
    }
}
