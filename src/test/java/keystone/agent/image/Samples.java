package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import keystone.agent.model.Digest;
import org.jspecify.annotations.Nullable;

/// Locks and images that could be real, in few lines.
final class Samples {
    static final Instant EPOCH = Instant.parse("2025-06-01T12:00:00Z");

    private Samples() {}

    static PackageSource source() {
        return new PackageSource(
                "Debian",
                "https://mirror.example/debian/",
                "bookworm",
                List.of("main"),
                "/usr/share/keyrings/debian.gpg");
    }

    static LockedPackage locked(String name, String version) {
        return new LockedPackage(
                name,
                version,
                "amd64",
                Digest.of(name + version),
                1000,
                "https://mirror.example/debian/pool/" + name + ".deb");
    }

    static ImageLock lock(LockedPackage... packages) {
        return new ImageLock(
                EPOCH,
                List.of(source()),
                GuestFiles.load().list("packages"),
                List.of(locked("linux-image-6.1.0-56-amd64", "6.1.192-2")),
                List.of(packages));
    }

    /// Puts an image on the shelf whose files have their names and some content.
    static StoredImage publish(
            Shelf shelf, Digest digest, @Nullable Digest base, String... packages)
            throws IOException {
        return publish(
                shelf,
                new StoredImage(
                        digest, base, null, EPOCH, "6.1.0-56-amd64", 0, List.of(packages), null));
    }

    /// The same of an agents layer.
    static StoredImage publishAgents(Shelf shelf, Digest digest, Digest base) throws IOException {
        Digest content = ImageDigests.agentsContent();
        return publish(
                shelf,
                new StoredImage(
                        digest, base, content, EPOCH, "6.1.0-56-amd64", 0, List.of(), null));
    }

    private static StoredImage publish(Shelf shelf, StoredImage image) throws IOException {
        Path files = Files.createDirectory(shelf.begin().resolve("image"));
        List<String> names =
                image.base() == null
                        ? List.of("base.squashfs", "vmlinux", "initrd.cpio", "dpkg-status")
                        : List.of("layer.squashfs");
        for (String name : names) {
            Files.writeString(files.resolve(name), name + " of " + image.digest());
        }
        shelf.publish(files, image);
        for (Path leftover : shelf.leftovers()) {
            DurableFiles.deleteTree(leftover);
        }
        return shelf.find(image.digest()).orElseThrow();
    }
}
