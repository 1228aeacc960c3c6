package keystone.agent.egress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// What is to take the place of a file: whole or not at all, where the file really is, and readable
/// by whom it was. Has its room on the disk before anybody knows what it will say.
final class Replacement implements AutoCloseable {
    private final Path real;
    private final Path temporary;
    private final FileChannel channel;

    private Replacement(Path real, Path temporary, FileChannel channel) {
        this.real = real;
        this.temporary = temporary;
        this.channel = channel;
    }

    /// @throws IOException when there is no room, or it may not be written
    static Replacement of(Path file, int bytes) throws IOException {
        Path real = file.toRealPath();
        Path temporary = real.resolveSibling("." + real.getFileName() + ".keystone-new");
        Files.deleteIfExists(temporary);
        FileChannel channel =
                FileChannel.open(
                        temporary,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        var made = new Replacement(real, temporary, channel);
        try {
            made.write(new byte[bytes]);
            Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(real));
        } catch (IOException | RuntimeException noRoom) {
            made.close();
            throw noRoom;
        }
        return made;
    }

    private void write(byte[] bytes) throws IOException {
        channel.position(0);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            int _ = channel.write(buffer);
        }
        channel.force(true);
    }

    /// Once.
    void put(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(bytes);
        channel.truncate(bytes.length);
        channel.force(true);
        Files.move(
                temporary,
                real,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }
}
