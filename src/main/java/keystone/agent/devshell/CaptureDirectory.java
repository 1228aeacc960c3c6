package keystone.agent.devshell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.Digest;
import keystone.agent.process.WholeFile;
import keystone.agent.process.WholeFile.Durability;
import keystone.agent.process.WholeFile.Writers;

/// What is kept of one project's devshell: `approved.json`, the exact text that the user approved
/// last; `captured.json`, what came of it; links that keep that from being collected
/// as garbage by Nix; and `evaluating.lock`, empty, which whoever evaluates holds a lock of.
///
/// @param directory private, and never shared with a guest
record CaptureDirectory(Path directory) {
    private static final String APPROVED = "approved.json";
    private static final String PROJECT = "project";
    private static final String LOCK = "evaluating.lock";
    private static final String EVALUATING = ".evaluating-";
    private static final Duration LONGEST_EVALUATION = Duration.ofHours(2);
    private static final String CAPTURED = "captured.json";
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");

    /// Named after the path's exact bytes, as its URI has them.
    ///
    /// @param project real path
    static CaptureDirectory of(Path folder, Path project) {
        String exact = project.toUri().getRawPath().replaceAll("/$", "");
        return new CaptureDirectory(folder.resolve(Digest.of(exact).hex()));
    }

    Optional<DevshellInputs> approved() {
        return read(APPROVED, DevshellFormat::inputs);
    }

    void approve(Path project, DevshellInputs inputs) {
        write(APPROVED, DevshellFormat.write(inputs).with(PROJECT, project.toUri().toString()));
    }

    /// The project that it belongs to.
    Optional<Path> project() {
        return read(APPROVED, json -> Path.of(URI.create(json.string(PROJECT))));
    }

    /// Only while all that it needs is there.
    Optional<Devshell> captured() {
        return read(CAPTURED, DevshellFormat::read).filter(CaptureDirectory::isThere);
    }

    void capture(Devshell devshell) {
        write(CAPTURED, DevshellFormat.write(devshell));
    }

    private static boolean isThere(Devshell devshell) {
        return devshell.closure().stream()
                .allMatch(
                        name ->
                                Files.exists(
                                        devshell.store().resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    /// Nix's link to the last capture, which keeps it.
    Path profile() {
        return directory.resolve("profile");
    }

    /// Waits until nobody else evaluates here.
    ///
    /// @return empty when the limit passed first
    Optional<EvaluationLock> awaitLock(Duration limit) throws IOException, InterruptedException {
        makePrivate();
        return EvaluationLock.await(directory.resolve(LOCK), limit);
    }

    /// A directory for one evaluation.
    Path begin() throws IOException {
        makePrivate();
        sweep();
        return Files.createTempDirectory(directory, EVALUATING);
    }

    /// What killed evaluations have left; another one may be at work.
    private void sweep() throws IOException {
        FileTime longAgo = FileTime.from(Instant.now().minus(LONGEST_EVALUATION));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, EVALUATING + "*")) {
            for (Path each : left) {
                if (Files.getLastModifiedTime(each).compareTo(longAgo) < 0) {
                    discard(each);
                }
            }
        }
    }

    private void makePrivate() throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
    }

    /// Empty, too, when somebody cut it short: then it is asked for and made again.
    private <T> Optional<T> read(String name, Function<Json.Obj, T> reader) {
        Path file = directory.resolve(name);
        try {
            return Optional.of(reader.apply(Json.parse(Files.readString(file)).asObject()));
        } catch (NoSuchFileException | JsonException never) {
            return Optional.empty();
        } catch (IllegalArgumentException unusable) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private void write(String name, Json json) {
        Path file = directory.resolve(name);
        try {
            makePrivate();
            WholeFile.replace(file, json.pretty(), Writers.SEVERAL, Durability.UNFLUSHED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Removes the links to earlier captures; Nix may then collect them.
    ///
    /// @param current the links that stay
    void forgetAllBut(Set<Path> current) throws IOException {
        try (DirectoryStream<Path> links = Files.newDirectoryStream(directory, "profile*")) {
            for (Path link : links) {
                if (!current.contains(link)) {
                    Files.deleteIfExists(link);
                }
            }
        }
    }

    void remove() throws IOException {
        removeTree(directory);
    }

    /// Removes what is of no use any more. That it cannot be removed now is no reason to lose what
    /// was captured, or to capture nothing; the next evaluation tries again.
    static void discard(Path tree) {
        try {
            removeTree(tree);
        } catch (IOException left) {
            // See above.
        }
    }

    /// Follows no link. What direnv has copied out of the store is read-only, directories too.
    private static void removeTree(Path tree) throws IOException {
        if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(tree, PRIVATE);
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(tree)) {
                for (Path each : inside) {
                    removeTree(each);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        Files.deleteIfExists(tree);
    }
}
