package keystone.agent.egress;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Passes on exactly one request's body, and nothing of what follows it.
final class RequestBody {
    /// Up to 256 MiB a chunk; what may follow the size has no meaning for us, nor for the server.
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,7})(?:[ \t]*;[\t -~]*)?");

    private static final int MOST_TRAILING = 8 << 10;
    private static final byte[] CRLF = {'\r', '\n'};

    private RequestBody() {}

    static void pass(HttpRequest.Body body, Line from, Line to) throws IOException, Malformed {
        switch (body) {
            case HttpRequest.Body.Sized(long bytes) -> exactly(bytes, from, to);
            case HttpRequest.Body.Chunked _ -> chunks(from, to);
        }
        // Whatever else comes on this connection is another request, which is not answered.
        from.drain();
        to.finish();
    }

    private static void exactly(long bytes, Line from, Line to) throws IOException {
        long left = bytes;
        while (left > 0) {
            ByteBuffer some = from.some();
            if (!some.hasRemaining()) {
                throw new EOFException("the body ended too early");
            }
            int taken = (int) Math.min(left, some.remaining());
            to.write(some.slice(some.position(), taken));
            some.position(some.position() + taken);
            left -= taken;
        }
    }

    private static void chunks(Line from, Line to) throws IOException, Malformed {
        for (int size = size(from); size > 0; size = size(from)) {
            to.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            exactly(size, from, to);
            if (from.read() != CRLF[0] || from.read() != CRLF[1]) {
                throw new Malformed("a chunk is longer than it says");
            }
            to.write(CRLF);
        }
        var budget = new HttpHead.Budget(MOST_TRAILING);
        while (!HttpHead.line(from, budget).isEmpty()) {
            // Trailers are for us alone.
        }
        to.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static int size(Line from) throws IOException, Malformed {
        Matcher chunk = CHUNK.matcher(HttpHead.line(from, new HttpHead.Budget(256)));
        if (!chunk.matches()) {
            throw new Malformed("a chunk does not say its size");
        }
        return Integer.parseInt(chunk.group(1), 16);
    }
}
