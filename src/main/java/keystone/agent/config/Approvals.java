package keystone.agent.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import keystone.agent.model.Digest;
import keystone.agent.model.Printable;

/// What the user approved: for each project the last content of its file, and no earlier one. Else
/// a guest could bring back what the user has since taken out.
///
/// One file per project, 0600 in a 0700 directory: three comment lines, then the exact content.
final class Approvals {
    private static final String DIGEST_LINE = "# sha256 ";

    private final Path folder;

    Approvals(Path configDirectory) {
        this.folder = configDirectory.resolve("approved");
    }

    /// The content approved last.
    ///
    /// @param project real path
    Optional<String> find(Path project) {
        Path file = fileFor(project);
        try {
            return content(Files.readString(file));
        } catch (NoSuchFileException never) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /// Empty when the file was tampered with or cut short.
    private static Optional<String> content(String stored) {
        String[] parts = stored.split("\n", 4);
        boolean whole =
                parts.length == 4 && parts[2].equals(DIGEST_LINE + Digest.of(parts[3]).hex());
        return whole ? Optional.of(parts[3]) : Optional.empty();
    }

    void store(ProjectFile.Content content) {
        Path file = fileFor(content.project());
        String text =
                "# Approved by its user with keystone-agent; do not edit.\n# project "
                        + Printable.of(content.project().toString())
                        + "\n"
                        + DIGEST_LINE
                        + content.digest().hex()
                        + "\n"
                        + content.text();
        try {
            createPrivate(folder);
            Path temporary = Files.createTempFile(folder, ".new-", null);
            try {
                Files.writeString(temporary, text);
                Files.move(
                        temporary,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static void createPrivate(Path directory) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// Named after the path's exact bytes, as its URI has them; its text would do for readable ones
    /// only.
    private Path fileFor(Path project) {
        String exact = project.toUri().getRawPath().replaceAll("/$", "");
        return folder.resolve(Digest.of(exact).hex() + ".toml");
    }
}
