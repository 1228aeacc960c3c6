package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import keystone.agent.model.Digest;
import keystone.agent.model.Progress;
import keystone.agent.model.UserError;

/// Downloaded packages, each named by its content: what an image was built from once can be built
/// again, also when the mirror has moved on or there is no network. Used only by who holds the
/// build lock.
final class PackageCache {
    private final Path directory;

    PackageCache(Path directory) {
        this.directory = directory;
    }

    Path file(LockedPackage wanted) {
        return directory.resolve(wanted.sha256() + ".deb");
    }

    /// Makes sure that all of them are here and are what they should be.
    ///
    /// @param work on the same file system
    void ensure(List<LockedPackage> wanted, Apt apt, Path work, Progress progress)
            throws IOException, InterruptedException {
        DurableFiles.privateDirectory(directory);
        List<LockedPackage> missing = missing(wanted, progress);
        if (missing.isEmpty()) {
            return;
        }
        DurableFiles.privateDirectory(work);
        var begun = new AtomicInteger();
        progress.at("asking the package servers");
        Path downloads;
        try {
            downloads =
                    apt.download(
                            missing,
                            () ->
                                    progress.at(
                                            "downloading " + missing.size() + " packages",
                                            OptionalDouble.of(
                                                    (begun.incrementAndGet() - 1.0)
                                                            / missing.size())));
        } catch (ToolFailed failed) {
            throw explain(failed);
        }
        for (LockedPackage each : missing) {
            keep(each, downloads.resolve(each.sha256() + ".deb"), work);
        }
    }

    private List<LockedPackage> missing(List<LockedPackage> wanted, Progress progress)
            throws IOException {
        var missing = new ArrayList<LockedPackage>();
        for (LockedPackage each : wanted) {
            progress.at(
                    "checking packages",
                    OptionalDouble.of((double) missing.size() / wanted.size()));
            if (!isWhole(each, file(each))) {
                missing.add(each);
            }
        }
        return missing;
    }

    /// What is kept is a copy of our own: whoever fetched the file may have it open still, or have
    /// put a link in its place.
    private void keep(LockedPackage wanted, Path download, Path work) throws IOException {
        Path copy = DurableFiles.privateFile(work.resolve(wanted.sha256().hex()));
        try (InputStream in = Files.newInputStream(download, LinkOption.NOFOLLOW_LINKS);
                OutputStream out = Files.newOutputStream(copy)) {
            in.transferTo(out);
        }
        if (!isWhole(wanted, copy)) {
            throw UserError.failed(
                    "the download of " + wanted.label() + " is not what the lock says",
                    "keystone-agent image build --update");
        }
        Files.move(
                copy,
                file(wanted),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Files.delete(download);
    }

    private static boolean isWhole(LockedPackage wanted, Path file) throws IOException {
        try {
            return Files.size(file) == wanted.size() && digest(file).equals(wanted.sha256());
        } catch (NoSuchFileException missing) {
            return false;
        }
    }

    private static Digest digest(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), sha256())) {
            in.transferTo(OutputStream.nullOutputStream());
            return new Digest(HexFormat.of().formatHex(in.getMessageDigest().digest()));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static UserError explain(ToolFailed failed) {
        boolean gone = failed.mentions("404  Not Found") || failed.mentions("Hash Sum mismatch");
        String last = failed.lastError();
        if (gone) {
            return new UserError(
                    UserError.Kind.FAILED,
                    "the mirror no longer has a package of the lock: " + last,
                    "keystone-agent image build --update",
                    failed);
        }
        return new UserError(
                UserError.Kind.FAILED,
                "cannot download packages: " + last,
                "check that `sudo apt-get update` works, then try again",
                failed);
    }

    /// Removes all but these.
    void removeExcept(List<LockedPackage> needed) throws IOException {
        Set<Path> kept = needed.stream().map(this::file).collect(Collectors.toSet());
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!kept.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }
}
