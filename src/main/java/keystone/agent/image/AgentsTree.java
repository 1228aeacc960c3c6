package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// A tar archive of the agents layer: the packages at `/opt/agents`, without what no guest needs,
/// and our files over the guest's root.
final class AgentsTree implements AutoCloseable {
    private static final String PLACE = "opt/agents/node_modules/";

    /// Of the guest's user, whose ids a boot changes with everything in their home.
    private static final String HOME = "home/sandbox/";

    private static final int USER = 1000;

    /// A link's own permissions say nothing.
    private static final int LINK_MODE = 0120777;

    private final TarArchiveOutputStream tar;
    private final Instant epoch;
    private final Set<String> directories = new TreeSet<>();

    private AgentsTree(Path target, Instant epoch) throws IOException {
        this.tar =
                new TarArchiveOutputStream(
                        Files.newOutputStream(target), StandardCharsets.UTF_8.name());
        this.epoch = epoch;
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    /// @param modules what npm has unpacked
    static void write(Path target, GuestFiles files, Path modules, Instant epoch)
            throws IOException {
        List<PathMatcher> unneeded =
                files.list("left-out").stream()
                        .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                        .toList();
        try (var tree = new AgentsTree(target, epoch);
                Stream<Path> found = Files.walk(modules)) {
            for (Path file : found.sorted().toList()) {
                Path path = modules.relativize(file);
                // npm leaves links only where it links programs, which ours stand in for.
                boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
                if (regular && unneeded.stream().noneMatch(each -> each.matches(path))) {
                    tree.put(PLACE + path, file);
                }
            }
            for (String link : files.list("links")) {
                String[] fromTo = link.split(" -> ", 2);
                tree.link(fromTo[0], fromTo[1]);
            }
            for (GuestFiles.GuestFile file : files.rootTree()) {
                tree.put(file);
            }
        }
    }

    private void put(String path, Path file) throws IOException {
        int mode = Files.isExecutable(file) ? 0755 : 0644;
        begin(path, mode, Files.size(file));
        try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            content.transferTo(tar);
        }
        tar.closeArchiveEntry();
    }

    private void put(GuestFiles.GuestFile file) throws IOException {
        byte[] content = file.content();
        begin(file.path(), file.mode(), content.length);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private void begin(String path, int mode, long size) throws IOException {
        directoriesOf(path);
        var entry = new TarArchiveEntry(path);
        entry.setSize(size);
        putEntry(entry, (TarArchiveEntry.DEFAULT_FILE_MODE & ~0777) | mode);
    }

    private void link(String path, String target) throws IOException {
        directoriesOf(path);
        var entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        putEntry(entry, LINK_MODE);
        tar.closeArchiveEntry();
    }

    /// Before their first file, so that their modes and owners are ours to say: over the base's own
    /// directories, the layer's count.
    private void directoriesOf(String path) throws IOException {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String directory = path.substring(0, slash + 1);
            if (directories.add(directory)) {
                putEntry(new TarArchiveEntry(directory), TarArchiveEntry.DEFAULT_DIR_MODE);
                tar.closeArchiveEntry();
            }
        }
    }

    private void putEntry(TarArchiveEntry entry, int mode) throws IOException {
        int owner = entry.getName().startsWith(HOME) ? USER : 0;
        entry.setMode(mode);
        entry.setIds(owner, owner);
        entry.setNames("", "");
        entry.setModTime(epoch.toEpochMilli());
        tar.putArchiveEntry(entry);
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
