package keystone.agent.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import keystone.agent.model.SandboxName;

/// The keys of one disk: the user key that enters the guest, and the guest's own host key, which is
/// pinned before the guest first boots.
///
/// A set is whole or it does not count: it is made beside its place and moved there at once. Only
/// who holds the sandbox's lock may make one.
///
/// @see SshKeyFiles for the files
public final class SshKeys {
    private final Path directory;
    private final String hostPrivateKey;
    private final String hostPublicKey;
    private final String userPublicKey;

    private SshKeys(Path directory, SandboxName name) throws IOException {
        this.directory = directory;
        hostPrivateKey = Files.readString(directory.resolve(SshKeyFiles.HOST));
        hostPublicKey = Files.readString(directory.resolve(SshKeyFiles.HOST_PUBLIC));
        userPublicKey = Files.readString(directory.resolve(SshKeyFiles.USER_PUBLIC));
        String pinned = Files.readString(directory.resolve(SshKeyFiles.KNOWN_HOSTS));
        boolean whole =
                Files.size(directory.resolve(SshKeyFiles.USER)) > 0
                        && hostPrivateKey.endsWith("-----END OPENSSH PRIVATE KEY-----\n")
                        && userPublicKey.startsWith(SshKeyFiles.TYPE)
                        && pinned.equals(SshKeyFiles.knownHosts(name, hostPublicKey));
        if (!whole) {
            throw new NoSuchFileException("not a whole set of keys");
        }
    }

    /// The keys that are there, or new ones when there are none or only half of them.
    ///
    /// @param directory the set's own; its parent exists
    public static SshKeys ensure(Path directory, SandboxName name) throws InterruptedException {
        Optional<SshKeys> present = load(directory, name);
        return present.isPresent() ? present.get() : renew(directory, name);
    }

    /// New keys in the place of any others.
    public static SshKeys renew(Path directory, SandboxName name) throws InterruptedException {
        try {
            removeLeftovers(directory);
            Path made = sibling(directory, ".new");
            SshKeyFiles.make(made, name);
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(directory, sibling(directory, ".old"), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(made, directory, StandardCopyOption.ATOMIC_MOVE);
            removeLeftovers(directory);
            return new SshKeys(directory, name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make ssh keys in " + directory, e);
        }
    }

    private static Optional<SshKeys> load(Path directory, SandboxName name) {
        try {
            return Optional.of(new SshKeys(directory, name));
        } catch (IOException missingOrHalf) {
            return Optional.empty();
        }
    }

    private static Path sibling(Path directory, String suffix) {
        return directory.resolveSibling("." + directory.getFileName() + suffix);
    }

    /// What a killed process left beside the set.
    private static void removeLeftovers(Path directory) throws IOException {
        for (String suffix : new String[] {".new", ".old"}) {
            Path leftover = sibling(directory, suffix);
            if (!Files.exists(leftover, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(leftover)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(leftover);
        }
    }

    String hostPrivateKey() {
        return hostPrivateKey;
    }

    String hostPublicKey() {
        return hostPublicKey;
    }

    String userPublicKey() {
        return userPublicKey;
    }

    Path userKeyFile() {
        return directory.resolve(SshKeyFiles.USER);
    }

    Path knownHostsFile() {
        return directory.resolve(SshKeyFiles.KNOWN_HOSTS);
    }

    @Override
    public String toString() {
        return "SshKeys[" + directory + "]";
    }
}
