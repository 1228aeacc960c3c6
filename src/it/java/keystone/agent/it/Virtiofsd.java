package keystone.agent.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import keystone.agent.process.Command;

/// The virtiofsd that tests share projects with: the host's own, or where its release has none the
/// one that the project's script fetches, once, into the tests' cache.
public final class Virtiofsd {
    private static final Duration FETCH = Duration.ofMinutes(5);
    private static final Path OF_THE_HOST = Path.of("/usr/libexec/virtiofsd");
    private static final String NAME = "virtiofsd";

    private Virtiofsd() {}

    /// Whether this host has one for every installation.
    public static boolean isOfTheHost() {
        return Files.isExecutable(OF_THE_HOST);
    }

    /// Lets an installation with a cache of its own use it.
    static void giveTo(Path cache) throws IOException, InterruptedException {
        if (!isOfTheHost()) {
            Origin.copy(fetched(), cache.resolve("keystone-agent").resolve(NAME));
        }
    }

    private static Path fetched() throws IOException, InterruptedException {
        Path cache = Files.createDirectories(SharedImage.cache());
        Path folder = cache.resolve(NAME);
        try (FileChannel mutex =
                        FileChannel.open(
                                cache.resolve("fetching"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = mutex.lock()) {
            Command.Finished script =
                    Command.of(Path.of("scripts/fetch-virtiofsd").toAbsolutePath().toString())
                            .with(folder.toString())
                            .run(FETCH);
            if (!script.ok()) {
                throw new AssertionError(script);
            }
        }
        return folder;
    }
}
