package keystone.agent.image;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import keystone.agent.process.Command;

/// The disk on which a sandbox keeps its changes: ext4 in a qcow2, which takes only the space that
/// the guest has written.
///
/// Formatted anew each time instead of copied from a template: 20 GB take 40 ms, and the result
/// needs no growing at the first boot.
final class WritableDisk {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private WritableDisk() {}

    static void create(Path target, long bytes) throws IOException, InterruptedException {
        Path raw = target.resolveSibling(target.getFileName() + ".raw");
        Path packed = target.resolveSibling(target.getFileName() + ".new");
        try {
            emptyFile(raw, bytes);
            // Inode tables of a sparse file are zero already: the guest's kernel need not clear
            // them.
            Tool.of(
                            Command.of("mkfs.ext4", "-q", "-F", "-t", "ext4", "-m", "0", "-E")
                                    .with("lazy_itable_init=0,lazy_journal_init=1")
                                    .with("-J", "size=64", "-L", "ks-rw", raw.toString()),
                            LIMIT)
                    .run();
            emptyFile(packed, 0);
            Tool.of(
                            Command.of("qemu-img", "convert", "-f", "raw", "-O", "qcow2")
                                    .with(raw.toString(), packed.toString()),
                            LIMIT)
                    .run();
            Files.move(packed, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(raw);
            Files.deleteIfExists(packed);
        }
    }

    private static void emptyFile(Path file, long bytes) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(bytes);
        }
    }

    /// Makes it at least this large; the guest's file system follows at the next boot.
    ///
    /// Whoever owns it may still hold it open, and could rewrite the header after we looked at it:
    /// the tool works as that user, and can open no more than they can.
    static void grow(Path disk, long bytes) throws IOException, InterruptedException {
        if (Qcow2Header.read(disk).virtualBytes() < bytes) {
            var resize = new ArrayList<>(asOwner(disk));
            // By a relative name: its owner may not enter the directories above.
            resize.addAll(List.of("qemu-img", "resize", "-q", "-f", "qcow2"));
            resize.addAll(List.of("./" + disk.getFileName(), Long.toString(bytes)));
            Path directory = Objects.requireNonNull(disk.getParent());
            Tool.of(Command.of(resize).in(directory), LIMIT).run();
        }
    }

    private static List<String> asOwner(Path disk) throws IOException {
        Map<String, Object> owner =
                Files.readAttributes(disk, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (self.equals(owner.get("uid"))) {
            return List.of();
        }
        return List.of(
                "setpriv",
                "--reuid=" + owner.get("uid"),
                "--regid=" + owner.get("gid"),
                "--clear-groups",
                "--");
    }
}
