package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.Progress;
import keystone.agent.process.Command;

/// A package repository in a directory, holding exactly the locked packages: whoever installs from
/// it has no choice of versions and needs no network.
final class LocalRepository {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private LocalRepository() {}

    static void write(
            Path directory, List<LockedPackage> packages, PackageCache cache, Progress progress)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        var index = new StringBuilder();
        int done = 0;
        for (LockedPackage each : packages) {
            progress.at("reading packages", (double) done++ / packages.size());
            Path file = cache.file(each);
            Files.createLink(directory.resolve(each.sha256() + ".deb"), file);
            index.append(stanza(control(file), each)).append('\n');
        }
        Files.writeString(directory.resolve("Packages"), index);
    }

    private static String control(Path file) throws InterruptedException {
        Command.Finished fields = Command.of("dpkg-deb", "-f", file.toString()).run(LIMIT);
        if (!fields.ok()) {
            throw new ToolFailed("dpkg-deb", fields.status(), fields.errors().lines().toList());
        }
        return fields.output().strip();
    }

    /// An entry of a `Packages` index: the package's own words, and where it lies.
    private static String stanza(String control, LockedPackage each) {
        return "%s\nFilename: ./%s.deb\nSize: %d\nSHA256: %s\n"
                .formatted(control, each.sha256(), each.size(), each.sha256());
    }
}
