package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.it.Installation;

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
