package keystone.agent.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import keystone.agent.image.BuildMode;
import keystone.agent.image.Images;
import keystone.agent.model.Image;
import keystone.agent.model.Progress;

/// The guest image that all installations share: built once, by the program itself, and kept
/// between runs in `target/it-cache` or where `KEYSTONE_AGENT_IT_CACHE` says.
public final class SharedImage {
    private static final Duration BUILD = Duration.ofMinutes(20);

    private SharedImage() {}

    /// What installations get as their cache.
    static Path cache() {
        String chosen = System.getenv("KEYSTONE_AGENT_IT_CACHE");
        return Path.of(chosen == null ? "target/it-cache" : chosen).toAbsolutePath().normalize();
    }

    /// Gives the package versions of the shared image to an installation, so that it uses that
    /// image and builds none of its own.
    static void lendTo(Installation home) throws IOException, InterruptedException {
        Path cache = Files.createDirectories(cache());
        Path shared = cache.resolve("image.lock");
        Path own = home.state().resolve("image.lock");
        try (FileChannel mutex = open(cache.resolve("building"));
                var _ = mutex.lock()) {
            if (Files.exists(shared)) {
                Files.copy(shared, own);
            } else {
                home.keystone("image", "build").within(BUILD).run().succeeds();
                Files.copy(own, shared, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /// The image itself, for tests that boot it without the program.
    public static Image get() throws IOException, InterruptedException {
        Path cache = Files.createDirectories(cache());
        try (FileChannel mutex = open(cache.resolve("building"));
                var _ = mutex.lock()) {
            var images =
                    new Images(
                            cache.resolve("keystone-agent/images"),
                            cache.resolve("image.lock"),
                            InstantSource.system());
            return images.build(BuildMode.LOCKED, Progress.SILENT);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
