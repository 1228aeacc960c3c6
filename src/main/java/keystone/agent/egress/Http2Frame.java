package keystone.agent.egress;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// One frame of HTTP/2 (RFC 9113, 4.1 and 6), whole.
final class Http2Frame {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int WITH_PRIORITY = 0x20;

    /// What each side has to take, and all that we let the other send (RFC 9113, 4.2); in bytes.
    static final int LARGEST = 16 << 10;

    private static final int HEAD = 9;
    private static final int STREAM = 0x7fff_ffff;

    /// Where frames come from.
    @FunctionalInterface
    interface Source {
        /// What has come and was not taken yet; waits for some. Empty only at the end.
        ByteBuffer some() throws IOException;
    }

    private final int type;
    private final int flags;
    private final int stream;
    private final byte[] payload;

    /// @param stream 0 is the connection itself
    /// @param payload belongs to the frame from now on
    Http2Frame(int type, int flags, int stream, byte[] payload) {
        this.type = type;
        this.flags = flags;
        this.stream = stream;
        this.payload = payload;
    }

    int type() {
        return type;
    }

    int flags() {
        return flags;
    }

    int stream() {
        return stream;
    }

    /// How long what it says is, in bytes.
    int length() {
        return payload.length;
    }

    /// What it says, from its beginning.
    ByteBuffer payload() {
        return ByteBuffer.wrap(payload).asReadOnlyBuffer();
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// The next one, or nothing at the end.
    static Optional<Http2Frame> read(Source from) throws IOException, Malformed {
        if (!from.some().hasRemaining()) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.wrap(exactly(from, HEAD));
        int lengthAndType = head.getInt();
        int flags = head.get() & 0xff;
        int stream = head.getInt() & STREAM;
        int length = lengthAndType >>> 8;
        if (length > LARGEST) {
            throw new Malformed("a frame is larger than agreed");
        }
        return Optional.of(
                new Http2Frame(lengthAndType & 0xff, flags, stream, exactly(from, length)));
    }

    static byte[] exactly(Source from, int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int got = 0; got < length; ) {
            ByteBuffer some = from.some();
            if (!some.hasRemaining()) {
                throw new EOFException("it ended within a frame");
            }
            int taken = Math.min(length - got, some.remaining());
            some.get(bytes, got, taken);
            got += taken;
        }
        return bytes;
    }

    void write(End to) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        head.putInt((payload.length << 8) | type).put((byte) flags).putInt(stream);
        to.write(head.array());
        to.write(payload);
    }

    /// Without what it says.
    @Override
    public String toString() {
        return "Http2Frame[%d, %d, %d bytes]".formatted(type, stream, payload.length);
    }
}
