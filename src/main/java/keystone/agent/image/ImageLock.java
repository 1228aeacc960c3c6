package keystone.agent.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// The exact versions that a base image is made of.
///
/// @param epoch the time that every file of the image bears at most (reproducible-builds.org,
/// `SOURCE_DATE_EPOCH`): that of the package sources, not of the build
/// @param requested the package names that were asked for; the rest are their dependencies
/// @param kernel the packages that hold the kernel and its modules; unpacked, never installed
record ImageLock(
        Instant epoch,
        List<PackageSource> sources,
        List<String> requested,
        List<LockedPackage> kernel,
        List<LockedPackage> packages) {
    private static final long FORMAT = 1;

    ImageLock {
        sources = List.copyOf(sources);
        requested = List.copyOf(requested);
        kernel = List.copyOf(kernel);
        packages = List.copyOf(packages);
        if (sources.isEmpty() || kernel.isEmpty() || packages.isEmpty()) {
            throw new JsonException("an image's lock lacks its sources, kernel or packages");
        }
    }

    /// The lock in the file, or empty when there is none.
    ///
    /// @throws UserError when the file is no lock
    static Optional<ImageLock> read(Path file) {
        try {
            return Optional.of(parse(Files.readString(file)));
        } catch (java.nio.file.NoSuchFileException none) {
            return Optional.empty();
        } catch (JsonException | IllegalArgumentException | IOException e) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the image's lock " + Printable.of(file.toString()) + " cannot be read",
                    "rm " + ShellWord.quote(file.toString()) + " && keystone-agent image build",
                    e);
        }
    }

    static ImageLock parse(String text) {
        Json.Obj json = Json.parse(text).asObject();
        if (json.number("format") != FORMAT) {
            throw new JsonException("the lock has a format that this version does not know");
        }
        return new ImageLock(
                Instant.ofEpochSecond(json.number("epoch")),
                json.array("sources").stream().map(PackageSource::fromJson).toList(),
                json.array("requested").stream().map(n -> n.asString("requested")).toList(),
                json.array("kernel").stream().map(LockedPackage::fromJson).toList(),
                json.array("packages").stream().map(LockedPackage::fromJson).toList());
    }

    String text() {
        return Json.object()
                        .with("format", FORMAT)
                        .with("epoch", epoch.getEpochSecond())
                        .with("sources", Json.array(sources, PackageSource::toJson))
                        .with("requested", Json.array(requested, Json::string))
                        .with("kernel", Json.array(kernel, LockedPackage::toJson))
                        .with("packages", Json.array(packages, LockedPackage::toJson))
                        .pretty()
                + "\n";
    }

    byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    /// Replaces the file whole, so that a killed build leaves the old lock or the new one.
    void write(Path file) {
        try {
            DurableFiles.privateDirectory(file.toAbsolutePath().resolveSibling(".").normalize());
            DurableFiles.replace(file, text());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Whether both would make the same image; only the time of the sources may differ.
    boolean sameVersions(ImageLock other) {
        return requested.equals(other.requested)
                && kernel.equals(other.kernel)
                && packages.equals(other.packages)
                && sources.equals(other.sources);
    }

    List<LockedPackage> all() {
        return Stream.concat(kernel.stream(), packages.stream()).toList();
    }

    /// The suite that the base comes from; updates and security fixes extend it.
    String suite() {
        return sources.stream()
                .map(PackageSource::suite)
                .filter(suite -> !suite.contains("-"))
                .findFirst()
                .orElse(sources.getFirst().suite());
    }
}
