package keystone.agent.bench;

import java.nio.file.Path;
import java.time.InstantSource;
import keystone.agent.image.Images;
import keystone.agent.store.Places;

/// In a JVM of its own, so that nothing is warm: decides which image a start would use, and prints
/// the nanoseconds it took.
final class ImageDecision {
    private ImageDecision() {}

    public static void main(String[] args) {
        Places places = Bench.places();
        Path directory = places.cache().resolve("images");
        var images =
                new Images(directory, places.state().resolve("image.lock"), InstantSource.system());
        long began = System.nanoTime();
        boolean found = images.find().isPresent();
        long took = System.nanoTime() - began;
        if (!found) {
            throw new IllegalStateException("there is no image in " + directory);
        }
        System.out.println(took);
    }
}
