package keystone.agent.egress;

import java.io.IOException;
import java.nio.ByteBuffer;

/// An end without TLS: of a connection to this host's own loopback.
final class ClearEnd implements End {
    private static final int BUFFER = 16 << 10;

    private final Line line;
    private final ByteBuffer outgoing = ByteBuffer.allocate(BUFFER);
    private volatile boolean deaf;

    ClearEnd(Line line) {
        this.line = line;
    }

    @Override
    public ByteBuffer some() throws IOException {
        return line.some();
    }

    @Override
    public int read() throws IOException {
        return line.read();
    }

    /// Without TLS there is no other way to say so than to close.
    @Override
    public boolean isCutOff() {
        return false;
    }

    @Override
    public boolean isDrained() {
        return line.isDrained();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes), bytes.length);
    }

    @Override
    public void write(ByteBuffer bytes, int count) throws IOException {
        int left = count;
        while (left > 0) {
            if (!outgoing.hasRemaining()) {
                flush();
            }
            int taken = Math.min(left, outgoing.remaining());
            outgoing.put(outgoing.position(), bytes, bytes.position(), taken);
            outgoing.position(outgoing.position() + taken);
            bytes.position(bytes.position() + taken);
            left -= taken;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            line.write(outgoing.flip());
        } catch (IOException gone) {
            deaf = true;
            throw gone;
        } finally {
            outgoing.clear();
        }
    }

    @Override
    public boolean isDeaf() {
        return deaf;
    }

    @Override
    public void finish() {
        try {
            flush();
        } catch (IOException gone) {
            // Then it knows.
        }
        line.finish();
    }
}
