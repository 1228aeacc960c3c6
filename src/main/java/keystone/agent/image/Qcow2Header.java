package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// The fixed part of a qcow2 file's header (QEMU, docs/interop/qcow2.txt), read by ourselves.
///
/// QEMU may write its whole disk file. A header that names a backing file or an external data file
/// would make the next tool that opens the disk, with our rights, open that file too.
///
/// @param virtualBytes the disk's capacity
/// @param backingFileOffset 0 when there is no backing file
/// @param incompatibleFeatures bit 0 dirty, 1 corrupt, 2 external data file, 3 compression, 4 long
/// L2
record Qcow2Header(long virtualBytes, long backingFileOffset, long incompatibleFeatures) {
    private static final int MAGIC = 0x514649fb;
    private static final int VERSION = 3;
    private static final int LENGTH = 104;
    private static final long DIRTY_OR_CORRUPT = 0b11;

    /// Reads the header of a disk that we made.
    ///
    /// @throws IOException when the file is not one that stands alone
    static Qcow2Header read(Path disk) throws IOException {
        ByteBuffer bytes;
        try (InputStream in = Files.newInputStream(disk, LinkOption.NOFOLLOW_LINKS)) {
            bytes = ByteBuffer.wrap(in.readNBytes(LENGTH));
        }
        if (bytes.limit() < LENGTH || bytes.getInt(0) != MAGIC || bytes.getInt(4) != VERSION) {
            throw new IOException(disk + " is not a qcow2 file of version 3");
        }
        var header = new Qcow2Header(bytes.getLong(24), bytes.getLong(8), bytes.getLong(72));
        if (!header.standsAlone()) {
            throw new IOException(disk + " refers to other files, as no disk of ours does");
        }
        return header;
    }

    private boolean standsAlone() {
        return backingFileOffset == 0 && (incompatibleFeatures & ~DIRTY_OR_CORRUPT) == 0;
    }
}
