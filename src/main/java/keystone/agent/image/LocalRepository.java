package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import keystone.agent.model.Progress;
import keystone.agent.process.Command;

/// A package repository in a directory, holding exactly the locked packages: whoever installs from
/// it has no choice of versions and needs no network.
final class LocalRepository {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int READERS = 4;

    private LocalRepository() {}

    static void write(
            Path directory, List<LockedPackage> packages, PackageCache cache, Progress progress)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        progress.at("reading packages");
        try (var readers = Executors.newFixedThreadPool(READERS, Thread.ofVirtual().factory())) {
            var stanzas = new ArrayList<Future<String>>();
            for (LockedPackage each : packages) {
                Path file = cache.file(each);
                Files.createLink(directory.resolve(each.sha256() + ".deb"), file);
                stanzas.add(readers.submit(() -> stanza(control(file), each)));
            }
            Files.writeString(directory.resolve("Packages"), joined(stanzas));
        }
    }

    private static String joined(List<Future<String>> stanzas) throws InterruptedException {
        var index = new StringBuilder();
        for (Future<String> each : stanzas) {
            try {
                index.append(each.get()).append('\n');
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof RuntimeException cause
                        ? cause
                        : new IllegalStateException(failed);
            }
        }
        return index.toString();
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
