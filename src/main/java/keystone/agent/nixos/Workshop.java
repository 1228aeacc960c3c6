package keystone.agent.nixos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Where the guest of one sandbox is built.
///
/// | file | what |
/// |---|---|
/// | `flake/` | the flake, with nix's `flake.lock` |
/// | `runner` | a link into the store, which keeps what it names; there once the build is through |
/// | `build.log` | what nix said last |
record Workshop(Path place) {
    private static final String LOCK = "flake.lock";

    Path flake() {
        return place.resolve("flake");
    }

    Path link() {
        return place.resolve("runner");
    }

    Path log() {
        return place.resolve("build.log");
    }

    /// Whether the flake is of exactly these files; what nix itself has written does not count.
    boolean holds(Map<String, String> files) {
        if (!Files.isDirectory(flake())) {
            return false;
        }
        var there = new TreeMap<>(GuestFlake.read(flake()));
        there.remove(LOCK);
        return there.equals(files);
    }

    /// What the last build made, if it is still there.
    Optional<Path> runner() {
        try {
            Path program = link().toRealPath().resolve("bin/microvm-run");
            return Files.isExecutable(program) ? Optional.of(program) : Optional.empty();
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /// Forgets the lock, the flake and what was built.
    void clear() {
        deleteTree(place);
    }

    /// After this there is no runner: an old one is never taken for the new one.
    void write(Map<String, String> files) {
        try {
            Files.createDirectories(
                    place,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            Files.deleteIfExists(link());
            Files.createDirectories(flake());
            for (Map.Entry<String, String> each : files.entrySet()) {
                Files.writeString(flake().resolve(each.getKey()), each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the flake in " + place, e);
        }
    }

    /// Follows no link.
    static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + root, e);
        }
    }
}
