package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.UserError;
import keystone.agent.process.DiskRoom;

/// Whether a build can fit on the disk, asked before it begins.
final class DiskSpace {
    /// A build needs about this many times the size of its packages at its height: the packages,
    /// twice unpacked, packed as a disk, and the kernel. Measured: 8.
    private static final long FACTOR = 9;

    private static final long AT_LEAST = 256 << 20;

    private DiskSpace() {}

    static void require(Path directory, List<LockedPackage> packages) throws IOException {
        long download = packages.stream().mapToLong(LockedPackage::size).sum();
        require(directory, Math.max(AT_LEAST, FACTOR * download));
    }

    static void require(Path directory, long needed) throws IOException {
        long free = DiskRoom.of(directory).usable();
        if (free < needed) {
            throw UserError.failed(
                    "building the image needs %d MB in %s, which has %d MB left"
                            .formatted(needed >> 20, directory, free >> 20),
                    "keystone-agent image rm --unused");
        }
    }
}
