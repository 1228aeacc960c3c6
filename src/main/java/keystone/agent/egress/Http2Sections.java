package keystone.agent.egress;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import keystone.agent.egress.Http2Frame.Source;
import keystone.agent.egress.hpack.HeaderDecoder;
import keystone.agent.egress.hpack.HeaderField;
import keystone.agent.egress.hpack.HpackException;

/// The header sections that one side of a connection sends. Used by one thread.
final class Http2Sections {
    private static final int MOST_FIELDS = 128;

    /// Empty ones cost nothing of the room there is.
    private static final int MOST_FRAMES = 16;

    private static final int PRIORITY = 5;

    private final Source from;
    private final int headBytes;
    private final HeaderDecoder decoder;

    /// @param headBytes as many may a section have
    Http2Sections(Source from, int headBytes) {
        this.from = from;
        this.headBytes = headBytes;
        this.decoder = new HeaderDecoder(headBytes, MOST_FIELDS);
    }

    /// One of them.
    ///
    /// @param isLast whether nothing more comes on its stream
    record Section(int stream, boolean isLast, List<HeaderField> fields) {
        Section {
            fields = List.copyOf(fields);
        }

        int flags() {
            return isLast ? Http2Frame.END_STREAM : 0;
        }
    }

    /// Reads the rest of the one that begins with this frame.
    Section read(Http2Frame first) throws IOException, Malformed {
        if (first.stream() % 2 == 0) {
            throw new Malformed("a request has no stream of its own");
        }
        ByteBuffer all = ByteBuffer.allocate(headBytes);
        add(all, fragment(first));
        Http2Frame frame = first;
        for (int frames = 1; !frame.has(Http2Frame.END_HEADERS); frames++) {
            frame = Http2Frame.read(from).orElseThrow(Http2Sections::endedTooEarly);
            if (frame.type() != Http2Frame.CONTINUATION || frame.stream() != first.stream()) {
                throw new Malformed("something stands within header lines");
            }
            if (frames == MOST_FRAMES) {
                throw new Malformed("header lines come in too many pieces");
            }
            add(all, frame.payload());
        }
        try {
            return new Section(
                    first.stream(), first.has(Http2Frame.END_STREAM), decoder.decode(all.flip()));
        } catch (HpackException unreadable) {
            throw new Malformed(unreadable.what());
        }
    }

    private static EOFException endedTooEarly() {
        return new EOFException("it ended within its header lines");
    }

    private static void add(ByteBuffer all, ByteBuffer piece) throws Malformed {
        if (piece.remaining() > all.remaining()) {
            throw new Malformed(Malformed.HEAD_TOO_LARGE, "the header lines are too long");
        }
        all.put(piece);
    }

    /// Without what makes it longer, and without its place among others, which nobody uses any more
    /// (RFC 9113, 5.3.2).
    private static ByteBuffer fragment(Http2Frame frame) throws Malformed {
        ByteBuffer payload = frame.payload();
        int padding = 0;
        int before = frame.has(Http2Frame.WITH_PRIORITY) ? PRIORITY : 0;
        if (frame.has(Http2Frame.PADDED) && payload.hasRemaining()) {
            padding = payload.get() & 0xff;
        }
        if (before + padding > payload.remaining()) {
            throw new Malformed("a frame is shorter than it says");
        }
        return payload.slice(payload.position() + before, payload.remaining() - before - padding);
    }
}
