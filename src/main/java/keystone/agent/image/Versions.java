package keystone.agent.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import keystone.agent.model.Digest;

/// What images are made from until the next update.
///
/// @param lock the exact versions of the base image
/// @param indexes the state of the package sources when the versions were chosen, see
/// [Apt#indexes]; empty when nobody noted it
record Versions(ImageLock lock, Optional<Digest> indexes) {
    /// Beside the lock and not in it: an update that finds nothing new for the base leaves the base
    /// as it is, yet layers may have packages for which there is something.
    private static final String INDEXES = "image.indexes";

    /// A file that cannot be understood only means that layers are built anew.
    static Optional<Digest> indexes(Path lockFile) {
        try {
            String text = Files.readString(lockFile.resolveSibling(INDEXES));
            return Optional.of(new Digest(text.strip()));
        } catch (IOException | IllegalArgumentException nobodyNotedIt) {
            return Optional.empty();
        }
    }

    /// Writes what differs from what is there. Killed in between, it leaves a new base, which has
    /// no layers yet.
    void write(Path lockFile) {
        if (!ImageLock.read(lockFile).equals(Optional.of(lock))) {
            lock.write(lockFile);
        }
        if (!indexes(lockFile).equals(indexes)) {
            indexes.ifPresent(digest -> note(lockFile, digest));
        }
    }

    private static void note(Path lockFile, Digest digest) {
        Path file = lockFile.resolveSibling(INDEXES);
        try {
            DurableFiles.replace(file, digest + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
