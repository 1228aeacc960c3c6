package keystone.agent.image;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import keystone.agent.model.Progress;

/// Makes the agents layer: the packages that its lock names, fetched by the host's npm, and our own
/// files that make them work unasked.
///
/// Nothing that was fetched is run on the host, nor in a guest: what an install script would do,
/// the choice of files does. What is on the disk afterwards depends on the layer's files alone.
final class AgentsBuild {
    /// Packages as fetched, unpacked, in an archive, and packed. Measured: 2.2 GB.
    private static final long MOST_BYTES = 3L << 30;

    /// The time of every file; any will do that is always the same.
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final Path work;
    private final GuestFiles files;
    private final Progress progress;

    /// @param work the build's own directory; the layer appears in its folder `image`
    AgentsBuild(Path work, GuestFiles files, Progress progress) {
        this.work = work;
        this.files = files;
        this.progress = progress;
    }

    void run(Shelf shelf, Namespaces namespaces) throws IOException, InterruptedException {
        Path layer = Files.createDirectory(work.resolve("image")).resolve(Manifest.LAYER);
        Optional<Path> same = elsewhere(shelf);
        if (same.isPresent()) {
            copy(same.get(), layer);
            return;
        }
        HostTools.require();
        HostTools.requireNpm();
        DiskSpace.require(shelf.directory(), MOST_BYTES);
        progress.at("downloading the agents");
        Path modules = Npm.in(work.resolve("npm")).install(files);
        progress.at("packing the agents");
        Path archive = work.resolve("agents.tar");
        AgentsTree.write(archive, files, modules, EPOCH);
        Squashfs.pack(archive, layer, EPOCH, namespaces, progress);
    }

    /// The same layer over another base: it depends on nothing below it.
    private static Optional<Path> elsewhere(Shelf shelf) {
        return shelf.all().stream()
                .filter(each -> ImageDigests.agentsContent().equals(each.agents()))
                .map(each -> shelf.place(each.digest()).resolve(Manifest.LAYER))
                .findFirst();
    }

    /// One file for both, where the file system can.
    private static void copy(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (FileSystemException | UnsupportedOperationException noLinksHere) {
            Files.copy(from, to);
        }
    }

    /// How it is told of on the shelf.
    StoredImage image(StoredImage base, Instant built) {
        return new StoredImage(
                ImageDigests.agents(base.digest(), ImageDigests.agentsContent()),
                base.digest(),
                ImageDigests.agentsContent(),
                built,
                base.kernel(),
                0,
                AgentPins.of(files).labels(),
                null);
    }
}
