package keystone.agent.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import keystone.agent.image.Images;
import keystone.agent.model.Image;

/// The guest image that all installations share: built once, by the program itself, and kept
/// between runs in `target/it-cache` or where `KEYSTONE_AGENT_IT_CACHE` says.
public final class SharedImage {
    private static final Duration BUILD = Duration.ofMinutes(20);

    private static final String IMAGES = "keystone-agent/images";

    /// What was found out about this host: which machines it can run.
    private static final String FACTS = "keystone-agent/host";

    private SharedImage() {}

    /// Built when the first test asks for it.
    private static final class Built {
        static final Path LOCK = build();
    }

    /// What installations get as their cache.
    static Path cache() {
        String chosen = System.getenv("KEYSTONE_AGENT_IT_CACHE");
        return Path.of(chosen == null ? "target/it-cache" : chosen).toAbsolutePath().normalize();
    }

    /// Gives the package versions of the shared image to an installation, so that it uses that
    /// image and builds none of its own.
    static void lendTo(Installation home) throws IOException {
        Files.copy(Built.LOCK, lockOf(home));
    }

    /// Gives a copy of the shared base image to a cache.
    static void copyTo(Path cache) throws IOException, InterruptedException {
        Path files = Objects.requireNonNull(find(Built.LOCK).kernel().getParent());
        copy(IMAGES + "/" + files.getFileName(), cache);
        copy(FACTS, cache);
    }

    /// Gives copies of the packages that the shared base image was built from to a cache.
    static void copyPackagesTo(Path cache) throws IOException, InterruptedException {
        copy(IMAGES + "/.packages", cache);
        copy(FACTS, cache);
    }

    private static void copy(String name, Path cache) throws IOException, InterruptedException {
        if (Files.exists(cache().resolve(name))) {
            Origin.copy(cache().resolve(name), cache.resolve(name));
        }
    }

    private static Image find(Path lock) {
        Path images = cache().resolve(IMAGES);
        return new Images(images, lock, InstantSource.system()).find().orElseThrow();
    }

    private static Path lockOf(Installation home) {
        return home.state().resolve("image.lock");
    }

    private static Path build() {
        try {
            Path cache = Files.createDirectories(cache());
            Path shared = cache.resolve("image.lock");
            try (FileChannel mutex = open(cache.resolve("building"));
                    var _ = mutex.lock();
                    Installation builder = Installation.withoutImage()) {
                if (Files.exists(shared)) {
                    Files.copy(shared, lockOf(builder));
                }
                builder.keystone("image", "build").within(BUILD).run().succeeds();
                Files.copy(lockOf(builder), shared, StandardCopyOption.REPLACE_EXISTING);
            }
            return shared;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    /// The image itself, for tests of the rooms below the program.
    public static Image image() throws IOException, InterruptedException {
        try (Installation home = Installation.create()) {
            return find(lockOf(home));
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
