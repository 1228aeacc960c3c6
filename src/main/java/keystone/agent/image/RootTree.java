package keystone.agent.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A tar archive of what comes on top of the packages in a base image: our files, the kernel's
/// modules, and where the guest's own apt gets packages from.
final class RootTree implements AutoCloseable {
    private final TarArchiveOutputStream tar;
    private final Instant epoch;

    private RootTree(OutputStream out, Instant epoch) {
        this.tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        this.epoch = epoch;
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    /// @param modules the modules' directory, of the kernel with that version
    static void write(Path target, ImageLock lock, GuestFiles guest, Path modules, String kernel)
            throws IOException {
        try (var tree = new RootTree(Files.newOutputStream(target), lock.epoch())) {
            for (GuestFiles.GuestFile file : guest.rootTree()) {
                tree.put(file.path(), file.mode(), file.content());
            }
            tree.put("etc/apt/sources.list", 0644, sources(lock));
            try (Stream<Path> files = Files.walk(modules)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    String path = "usr/lib/modules/" + kernel + "/" + modules.relativize(file);
                    tree.put(path, 0644, Files.readAllBytes(file));
                }
            }
        }
    }

    private static byte[] sources(ImageLock lock) {
        List<String> lines =
                lock.sources().stream()
                        .filter(PackageSource::reachesOverTheNetwork)
                        .map(PackageSource::guestLine)
                        .toList();
        return String.join("", lines).getBytes(StandardCharsets.UTF_8);
    }

    private void put(String path, int mode, byte[] content) throws IOException {
        var entry = new TarArchiveEntry(path);
        entry.setMode((TarArchiveEntry.DEFAULT_FILE_MODE & ~0777) | mode);
        entry.setSize(content.length);
        entry.setModTime(epoch.toEpochMilli());
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
