package keystone.agent.egress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import keystone.agent.egress.hpack.HeaderEncoder;
import keystone.agent.egress.hpack.HeaderField;

/// What one end of HTTP/2 is sent, frame by frame. Thread-safe.
final class Http2Writer {
    private static final int NO_ERROR = 0;
    private static final int PROTOCOL_ERROR = 1;
    private static final String GRPC = "application/grpc";

    /// gRPC's own statuses; all else is INTERNAL.
    private static final int PERMISSION_DENIED = 7;

    private static final int INTERNAL = 13;
    private static final int UNAVAILABLE = 14;

    private final End to;
    private final ReentrantLock lock = new ReentrantLock();

    Http2Writer(End to) {
        this.to = to;
    }

    /// A guest's first words.
    void begin(byte[] preface) throws IOException {
        lock.lock();
        try {
            to.write(preface);
        } finally {
            lock.unlock();
        }
    }

    /// It goes out with [#flush].
    void pass(Http2Frame frame) throws IOException {
        write(List.of(frame));
    }

    private void write(List<Http2Frame> frames) throws IOException {
        lock.lock();
        try {
            for (Http2Frame each : frames) {
                each.write(to);
            }
        } finally {
            lock.unlock();
        }
    }

    void flush() throws IOException {
        lock.lock();
        try {
            to.flush();
        } finally {
            lock.unlock();
        }
    }

    /// Passes a header section, in as many frames as it needs: nothing may stand between them.
    ///
    /// @param flags END_STREAM or none
    void pass(int stream, int flags, List<HeaderField> fields) throws IOException {
        ByteBuffer section = ByteBuffer.wrap(HeaderEncoder.encode(fields));
        var frames = new ArrayList<Http2Frame>();
        while (frames.isEmpty() || section.hasRemaining()) {
            byte[] piece = new byte[Math.min(section.remaining(), Http2Frame.LARGEST)];
            section.get(piece);
            frames.add(
                    new Http2Frame(
                            frames.isEmpty() ? Http2Frame.HEADERS : Http2Frame.CONTINUATION,
                            (frames.isEmpty() ? flags : 0)
                                    | (section.hasRemaining() ? 0 : Http2Frame.END_HEADERS),
                            stream,
                            piece));
        }
        write(frames);
    }

    /// Answers one request in the server's place, without a body: that would take part of what the
    /// server may send. Programs of gRPC read theirs in fields of their own.
    ///
    /// @param request its head
    /// @param hasMore whether the request goes on, of which nothing more is wanted
    void refuse(int stream, HttpHead request, boolean hasMore, Refusal refusal) throws IOException {
        boolean isGrpc =
                request.values("content-type").stream().anyMatch(each -> each.startsWith(GRPC));
        var fields = new ArrayList<HeaderField>();
        if (isGrpc) {
            fields.add(new HeaderField(":status", "200"));
            fields.add(new HeaderField("content-type", GRPC));
            fields.add(new HeaderField("grpc-status", String.valueOf(grpc(refusal.status()))));
            fields.add(new HeaderField("grpc-message", refusal.sentence().replace("%", "%25")));
        } else {
            fields.add(new HeaderField(":status", String.valueOf(refusal.status())));
            fields.add(new HeaderField("content-length", "0"));
            fields.add(new HeaderField("keystone-agent", refusal.sentence()));
        }
        pass(stream, Http2Frame.END_STREAM, fields);
        if (hasMore) {
            pass(new Http2Frame(Http2Frame.RST_STREAM, 0, stream, number(NO_ERROR)));
        }
        flush();
    }

    private static int grpc(int status) {
        return switch (status) {
            case HttpAnswer.FORBIDDEN -> PERMISSION_DENIED;
            case HttpAnswer.BUSY -> UNAVAILABLE;
            default -> INTERNAL;
        };
    }

    /// Gives back room that was taken on the connection by what did not pass.
    void takeMore(int bytes) throws IOException {
        if (bytes > 0) {
            pass(new Http2Frame(Http2Frame.WINDOW_UPDATE, 0, 0, number(bytes)));
            flush();
        }
    }

    /// Says why the connection ends.
    ///
    /// @param last stream that was looked at
    void leave(int last, String why) throws IOException {
        byte[] words = why.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer payload = ByteBuffer.allocate(8 + words.length);
        payload.putInt(last).putInt(PROTOCOL_ERROR).put(words);
        pass(new Http2Frame(Http2Frame.GOAWAY, 0, 0, payload.array()));
        flush();
    }

    /// A server's first word, where there is none.
    void greet() throws IOException {
        pass(new Http2Frame(Http2Frame.SETTINGS, 0, 0, new byte[0]));
    }

    static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    /// Says that nothing more is sent.
    void finish() {
        lock.lock();
        try {
            to.finish();
        } finally {
            lock.unlock();
        }
    }
}
