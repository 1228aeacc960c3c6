package keystone.agent.nixos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// The directories of kept texts, and when each was asked for last: their time says that.
final class Kept {
    /// Longer than a start takes to write down which it uses.
    private static final Duration YOUNG = Duration.ofHours(1);

    private Kept() {}

    /// All of them, and what was left half made.
    static List<Path> in(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory, e);
        }
    }

    static void renew(Path kept) {
        try {
            Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep " + kept, e);
        }
    }

    static boolean isOld(Path kept, Instant now) {
        try {
            Instant asked = Files.getLastModifiedTime(kept).toInstant();
            return asked.isBefore(now.minus(YOUNG));
        } catch (IOException goneMeanwhile) {
            return false;
        }
    }
}
