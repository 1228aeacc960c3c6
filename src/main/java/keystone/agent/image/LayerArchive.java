package keystone.agent.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/// The archive that a guest gets in order to make a layer: our scripts, the project's one,
/// packages.
final class LayerArchive {
    private LayerArchive() {}

    static void write(Path target, GuestFiles guest, @Nullable String setup, List<Path> packages)
            throws IOException {
        try (var tar =
                new TarArchiveOutputStream(
                        Files.newOutputStream(target), StandardCharsets.UTF_8.name())) {
            for (String name : List.of("install", "setup", "pack", "exclude")) {
                put(tar, name, guest.file("layer/" + name).content());
            }
            if (setup != null) {
                put(tar, "project-setup", setup.getBytes(StandardCharsets.UTF_8));
            }
            for (Path each : packages) {
                var entry = entry("packages/" + each.getFileName(), Files.size(each));
                tar.putArchiveEntry(entry);
                Files.copy(each, tar);
                tar.closeArchiveEntry();
            }
        }
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        tar.putArchiveEntry(entry(name, content.length));
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(String name, long size) {
        var entry = new TarArchiveEntry("layer/" + name);
        entry.setMode(TarArchiveEntry.DEFAULT_FILE_MODE | 0111);
        entry.setSize(size);
        return entry;
    }
}
