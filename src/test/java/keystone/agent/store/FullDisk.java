package keystone.agent.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/// A file on a disk that has room for so many bytes more, and then takes what still fits.
final class FullDisk implements SeekableByteChannel {
    private final SeekableByteChannel file;
    private int room;

    FullDisk(SeekableByteChannel file, int room) {
        this.file = file;
        this.room = room;
    }

    void makeRoom() {
        room = Integer.MAX_VALUE;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (room == 0) {
            throw new IOException("No space left on device");
        }
        int length = Math.min(room, bytes.remaining());
        room -= length;
        int written = file.write(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + written);
        return written;
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        file.truncate(size);
        return this;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return file.read(to);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
