package keystone.agent.egress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.UserError;
import keystone.agent.process.WholeFile;
import keystone.agent.process.WholeFile.Durability;
import keystone.agent.process.WholeFile.Writers;

/// What `tokens set` was given: a file for each secret, 0600 in a 0700 directory, outside of every
/// sandbox. Whoever can read the user's files can read them; see docs/security.md.
public final class StoredSecrets {
    /// What [WholeFile] writes before it has its name.
    private static final String LEFT = ".new-*";

    /// To write one takes less.
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Path directory;

    /// Nothing is made before something is stored.
    public StoredSecrets(Path directory) {
        this.directory = directory;
    }

    /// From now on this is its value, at once also for sandboxes that run.
    ///
    /// @param held as typed, or as it came from standard input
    /// @throws UserError when it could not be a secret
    public void set(SecretName name, String held, Encoding encoding) {
        String value = Secret.of(name, held, encoding).reveal();
        Path file = file(name);
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            sweep();
            // Commands may set the same one at once: none of them meets a part of another's.
            WholeFile.replace(file, value, Writers.SEVERAL, Durability.FLUSHED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Removes what commands have left that were killed: it may hold a secret. What is young may be
    /// of one at work.
    private void sweep() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, LEFT)) {
            for (Path each : left) {
                if (isOld(each)) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (NoSuchFileException nothingWasEverStored) {
            // So nothing is left.
        }
    }

    private static boolean isOld(Path file) throws IOException {
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            return written.isBefore(Instant.now().minus(LONGEST));
        } catch (NoSuchFileException itsCommandHasEnded) {
            return false;
        }
    }

    /// Whether there was one to remove.
    public boolean remove(SecretName name) {
        try {
            sweep();
            return Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file(name), e);
        }
    }

    /// Of one that others can read, nothing is believed: whose is it?
    Optional<Secret> find(SecretName name) {
        Path file = file(name);
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            String mode =
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !mode.endsWith("------")) {
                throw UserError.failed(
                        "others can read what is stored of the secret " + name,
                        "keystone-agent tokens rm %s && keystone-agent tokens set %s"
                                .formatted(name, name));
            }
            return Optional.of(Secret.of(name, Files.readString(file), Encoding.PLAIN));
        } catch (NoSuchFileException justRemoved) {
            return Optional.empty();
        } catch (IOException e) {
            throw UserError.failed(
                    "what is stored of the secret " + name + " cannot be read",
                    "keystone-agent tokens rm %s && keystone-agent tokens set %s"
                            .formatted(name, name));
        }
    }

    /// Where it is, or would be.
    Path file(SecretName name) {
        return Objects.requireNonNull(directory.resolve(name.value()));
    }
}
