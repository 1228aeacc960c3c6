package keystone.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import keystone.agent.process.Command;

/// Where an installation's program and images come from.
///
/// @param launcher the program
/// @param cache the directory of images
record Origin(Path launcher, Path cache) {
    private static final String LAUNCHER = "keystone.agent.launcher";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    static Origin ofThisBuild() {
        String built = System.getProperty(LAUNCHER, "bin/keystone-agent");
        return new Origin(Path.of(built).toAbsolutePath(), SharedImage.cache());
    }

    /// The same program with images of its own.
    Origin withCache(Path other) {
        return new Origin(launcher, other);
    }

    /// What [#copyTo] makes.
    ///
    /// @param root an installation's
    static Origin copyIn(Path root) {
        return new Origin(root.resolve("program/bin/keystone-agent"), root.resolve("cache"));
    }

    /// For a user who may not enter the directories of whoever runs the tests.
    void copyTo(Path root) throws IOException, InterruptedException {
        Path checkout = launcher.resolve("../..").normalize();
        copy(checkout.resolve("bin"), root.resolve("program/bin"));
        copy(checkout.resolve("target/app"), root.resolve("program/lib/keystone-agent"));
        copy(cache.resolve("keystone-agent"), root.resolve("cache/keystone-agent"));
    }

    static void copy(Path from, Path to) throws IOException, InterruptedException {
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Command.Finished copied =
                Command.of("cp", "-a", "--reflink=auto", from.toString(), to.toString()).run(LIMIT);
        if (!copied.ok()) {
            throw new AssertionError(copied);
        }
    }
}
