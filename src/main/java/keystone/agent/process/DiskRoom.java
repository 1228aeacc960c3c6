package keystone.agent.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// How much of the disk of a place there is, in bytes.
///
/// @param usable what this user may still write
/// @param total its size
public record DiskRoom(long usable, long total) {
    /// Looks, in the kernel's own numbers of this moment.
    ///
    /// @throws IOException when there is no such place, or nothing can be said of its disk
    public static DiskRoom of(Path place) throws IOException {
        try {
            FileStore disk = Files.getFileStore(place);
            return new DiskRoom(disk.getUsableSpace(), disk.getTotalSpace());
        } catch (NoSuchFileException gone) {
            throw gone;
        } catch (IOException notInTheTableOfMounts) {
            // So it is in a chroot. The kernel tells by statvfs(2), which needs no table.
            File file = place.toFile();
            long total = file.getTotalSpace();
            if (total == 0) {
                throw notInTheTableOfMounts;
            }
            return new DiskRoom(file.getUsableSpace(), total);
        }
    }
}
