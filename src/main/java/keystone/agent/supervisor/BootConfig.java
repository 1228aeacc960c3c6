package keystone.agent.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import keystone.agent.model.Owner;
import keystone.agent.process.Owned;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.RunDir;

/// The file through which QEMU reads a boot's config: it holds the guest's host key and the values
/// of its environment, so it is only ever in memory, and only until QEMU has read it.
///
/// `/dev/shm` is a memory file system on every Linux (POSIX shared memory, shm_overview(7)), where
/// the run directory may be on a disk. It is everybody's, so the file lies in a directory of ours:
/// a project's owner, to whom root gives the file, must not put a link in its place before it is
/// mounted.
final class BootConfig implements Owned.Ending {
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path directory;

    BootConfig(RunDir run) {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        directory = MEMORY.resolve(prefix(run) + HexFormat.of().formatHex(random));
    }

    private static String prefix(RunDir run) {
        return "keystone-agent-" + run.path().getFileName() + "-";
    }

    Path file() {
        return directory.resolve("config");
    }

    void write(byte[] content, Owner owner) {
        PrivateFiles.createDirectories(directory);
        PrivateFiles.create(file(), content);
        Disk.giveTo(owner, file());
    }

    @Override
    public void close() {
        PrivateFiles.deleteTree(directory);
    }

    /// Removes what a killed supervisor left. What somebody else has put there is left alone, also
    /// by root: its owner could exchange what is in it while it is being removed.
    static void sweep(RunDir run) {
        try (DirectoryStream<Path> leftovers =
                Files.newDirectoryStream(MEMORY, prefix(run) + "*")) {
            for (Path leftover : leftovers) {
                if (isOurs(leftover)) {
                    PrivateFiles.deleteTree(leftover);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + MEMORY, e);
        }
    }

    private static boolean isOurs(Path file) throws IOException {
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        try {
            return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(self);
        } catch (NoSuchFileException gone) {
            // Anybody can make and remove such names all the time, and must not keep us from a
            // start by that.
            return false;
        }
    }
}
