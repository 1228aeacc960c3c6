package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.it.Installation;
import keystone.agent.model.Digest;

/// What lies where an installation's images lie.
final class Shelves {
    private Shelves() {}

    /// The digests of all images that the program knows.
    static List<String> images(Installation home) throws InterruptedException {
        return home.keystone("image", "list", "--json").run().succeeds().objects().stream()
                .map(image -> image.string("digest"))
                .toList();
    }

    /// What is neither an image nor kept for builds to come.
    static List<String> unfinished(Installation home) {
        return names(home)
                .filter(name -> !name.matches("[0-9a-f]{64}|\\.lock|\\.packages"))
                .toList();
    }

    private static Stream<String> names(Installation home) {
        String[] names = home.images().toFile().list();
        return names == null ? Stream.empty() : Stream.of(names).sorted();
    }

    /// As if an older version of one package had been the newest when the one image was built.
    ///
    /// @return the digest that the image has now
    static String age(Installation home) throws IOException, InterruptedException {
        Path file = home.state().resolve("image.lock");
        ImageLock lock = ImageLock.read(file).orElseThrow();
        var packages = new ArrayList<>(lock.packages());
        LockedPackage last = packages.removeLast();
        packages.add(
                new LockedPackage(
                        last.name(),
                        last.version() + "~older",
                        last.architecture(),
                        last.sha256(),
                        last.size(),
                        last.uri()));
        var older =
                new ImageLock(
                        lock.epoch(), lock.sources(), lock.requested(), lock.kernel(), packages);
        Digest digest = ImageDigests.base(older.bytes(), GuestFiles.recordedDigest());
        publishAgain(home, new Digest(images(home).getFirst()), digest);
        older.write(file);
        return digest.hex();
    }

    private static void publishAgain(Installation home, Digest old, Digest digest)
            throws IOException {
        var shelf = new Shelf(home.images(), Shelf.Machines.OF_OUR_OWN);
        StoredImage image = shelf.find(old).orElseThrow();
        Path work = shelf.begin();
        Path files = work.resolve("image");
        Files.move(shelf.place(old), files);
        Files.delete(files.resolve(Manifest.FILE));
        shelf.publish(
                files,
                new StoredImage(
                        digest,
                        null,
                        null,
                        image.built(),
                        image.kernel(),
                        0,
                        image.packages(),
                        image.setup()));
        Files.delete(work);
    }

    /// As if the package sources were a second younger: the next image is another one.
    static void changeLock(Installation home) throws IOException {
        Path file = home.state().resolve("image.lock");
        ImageLock lock = ImageLock.read(file).orElseThrow();
        var other =
                new ImageLock(
                        lock.epoch().plusSeconds(1),
                        lock.sources(),
                        lock.requested(),
                        lock.kernel(),
                        lock.packages());
        other.write(file);
    }
}
