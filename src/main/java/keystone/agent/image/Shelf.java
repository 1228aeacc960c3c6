package keystone.agent.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import keystone.agent.json.JsonException;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;

/// The directory where images lie, each in one named by its digest. An image is there whole or not
/// at all: it is made in `.building-…` and renamed; it is renamed to `.removing-…` before it is
/// deleted.
///
/// | name | what |
/// |---|---|
/// | `<digest>/` | the files of an image and its `manifest.json`, see [Manifest] |
/// | `.building-…` `.removing-…` | unfinished; swept by the next build |
/// | `.guest/` | of the guest in which a layer is made; swept likewise |
/// | `.packages/` | downloaded packages, see [PackageCache] |
/// | `.lock` | see [BuildLock] |
final class Shelf {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final long LARGEST_MANIFEST = 16 << 20;

    private final Path directory;
    private final Machines machines;

    /// As whom the machines work that boot from here.
    enum Machines {
        OF_OUR_OWN,
        /// Only root's do.
        OF_ANY_OWNER
    }

    Shelf(Path directory, Machines machines) {
        this.directory = directory;
        this.machines = machines;
    }

    Path directory() {
        return directory;
    }

    Path lock() {
        return directory.resolve(".lock");
    }

    Path packages() {
        return directory.resolve(".packages");
    }

    /// Always the same one, so that the next build finds what a killed one has left.
    Path guest() {
        return directory.resolve(".guest");
    }

    Path place(Digest digest) {
        return directory.resolve(digest.hex());
    }

    /// The image, when it is there and complete.
    Optional<StoredImage> find(Digest digest) {
        Path place = place(digest);
        try {
            if (Files.size(place.resolve(Manifest.FILE)) > LARGEST_MANIFEST) {
                return Optional.empty();
            }
            Manifest manifest = Manifest.parse(Files.readString(place.resolve(Manifest.FILE)));
            boolean whole =
                    manifest.image().digest().equals(digest)
                            && sizes(place, manifest.sizes().keySet()).equals(manifest.sizes());
            return whole ? Optional.of(manifest.image()) : Optional.empty();
        } catch (IOException
                | JsonException
                | IllegalArgumentException
                | DateTimeException broken) {
            return Optional.empty();
        }
    }

    private static Map<String, Long> sizes(Path place, Iterable<String> names) throws IOException {
        var sizes = new TreeMap<String, Long>();
        for (String name : names) {
            BasicFileAttributes file =
                    Files.readAttributes(
                            place.resolve(name),
                            BasicFileAttributes.class,
                            LinkOption.NOFOLLOW_LINKS);
            sizes.put(name, file.isRegularFile() ? file.size() : -1);
        }
        return sizes;
    }

    /// All complete images, the newest first.
    List<StoredImage> all() {
        var found = new ArrayList<StoredImage>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (DIGEST.matcher(name).matches()) {
                    find(new Digest(name)).ifPresent(found::add);
                }
            }
        } catch (NoSuchFileException noImagesYet) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory, e);
        }
        found.sort(Comparator.comparing(StoredImage::built).reversed());
        return found;
    }

    /// What boots a stored image; empty when what a layer stands on is not there any more.
    Optional<Image> bootable(StoredImage stored) {
        Digest base = stored.base();
        if (base == null) {
            Path place = place(stored.digest());
            return Optional.of(
                    new Image(
                            stored.digest(),
                            place.resolve(Manifest.KERNEL),
                            place.resolve(Manifest.INITRD),
                            List.of(place.resolve(Manifest.BASE))));
        }
        return find(base)
                .filter(stored::mayLieOn)
                .flatMap(this::bootable)
                .map(
                        below -> {
                            var layers = new ArrayList<>(below.layers());
                            layers.add(place(stored.digest()).resolve(Manifest.LAYER));
                            return new Image(
                                    stored.digest(), below.kernel(), below.initrd(), layers);
                        });
    }

    /// An image and what it stands on, the base last.
    List<StoredImage> pile(StoredImage top) {
        var pile = new ArrayList<>(List.of(top));
        Digest base = top.base();
        while (base != null) {
            Optional<StoredImage> below = find(base).filter(pile.getLast()::mayLieOn);
            below.ifPresent(pile::add);
            base = below.map(StoredImage::base).orElse(null);
        }
        return pile;
    }

    /// A new directory to build in.
    Path begin() throws IOException {
        return Files.createTempDirectory(directory, ".building-");
    }

    /// Gives the finished files of an image their name. Only the holder of the build lock does so.
    ///
    /// @param files the directory that holds them, and nothing else
    void publish(Path files, StoredImage image) throws IOException {
        Files.writeString(files.resolve(Manifest.FILE), new Manifest(image, filesOf(files)).text());
        restrict(files);
        DurableFiles.flush(files);
        remove(image.digest());
        Files.move(files, place(image.digest()), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Nobody else comes through our directories. Yet a machine of root's works as the project's
    /// owner, and root hands it the files that it boots from: those must be open to that owner.
    private void restrict(Path files) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(files)) {
            for (Path entry : entries) {
                boolean lent =
                        machines == Machines.OF_ANY_OWNER
                                && Manifest.BOOTED.contains(String.valueOf(entry.getFileName()));
                Files.setPosixFilePermissions(
                        entry, PosixFilePermissions.fromString(lent ? "rw-r--r--" : "rw-------"));
            }
        }
        Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwx------"));
    }

    private static Map<String, Long> filesOf(Path files) throws IOException {
        var names = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(files)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        }
        return sizes(files, names);
    }

    /// Removes an image, or what is left of a broken one; nothing to remove is fine.
    void remove(Digest digest) throws IOException {
        if (Files.exists(place(digest), LinkOption.NOFOLLOW_LINKS)) {
            Path aside = Files.createTempDirectory(directory, ".removing-");
            Files.move(place(digest), aside.resolve("image"), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.deleteTree(aside);
        }
    }

    /// What builds and removals that were killed have left.
    List<Path> leftovers() throws IOException {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, ".{building-*,removing-*,guest}")) {
            entries.forEach(found::add);
        }
        return found;
    }
}
