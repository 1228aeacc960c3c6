package keystone.agent.egress;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Passes one message's body from end to end as it comes: nothing is kept, and whatever is there is
/// sent before more is waited for.
final class BodyPassage {
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})([ \t]*;[\t -~]*)?");
    private static final int MOST_CHUNK_LINE = 1 << 10;
    private static final int MOST_TRAILING = 8 << 10;

    private final End from;
    private final End to;
    private final UnaryOperator<String> trailers;

    /// @param trailers what becomes of a line after the last chunk
    BodyPassage(End from, End to, UnaryOperator<String> trailers) {
        this.from = from;
        this.to = to;
        this.trailers = trailers;
    }

    void pass(Framing framing) throws IOException, Malformed {
        switch (framing) {
            case Framing.Sized(long bytes) -> exactly(bytes);
            case Framing.Chunked _ -> chunks();
            case Framing.UntilEnd _ -> all();
        }
        to.flush();
    }

    private ByteBuffer some() throws IOException {
        if (from.isDrained()) {
            to.flush();
        }
        return from.some();
    }

    private void all() throws IOException {
        for (ByteBuffer some = some(); some.hasRemaining(); some = some()) {
            to.write(some, some.remaining());
        }
        if (from.isCutOff()) {
            throw new EOFException("it ended without saying so");
        }
    }

    private void exactly(long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            ByteBuffer some = some();
            if (!some.hasRemaining()) {
                throw new EOFException("the body ended too early");
            }
            int taken = (int) Math.min(left, some.remaining());
            to.write(some, taken);
            left -= taken;
        }
    }

    private void chunks() throws IOException, Malformed {
        long size;
        do {
            String line = line(new HttpHead.Budget(MOST_CHUNK_LINE));
            Matcher chunk = CHUNK.matcher(line);
            if (!chunk.matches()) {
                throw new Malformed("a chunk does not say its size");
            }
            size = Long.parseLong(chunk.group(1), 16);
            writeLine(line);
            if (size > 0) {
                exactly(size);
                if (!line(new HttpHead.Budget(2)).isEmpty()) {
                    throw new Malformed("a chunk is longer than it says");
                }
                writeLine("");
            }
        } while (size > 0);
        var budget = new HttpHead.Budget(MOST_TRAILING);
        String line;
        do {
            line = line(budget);
            writeLine(trailers.apply(line));
        } while (!line.isEmpty());
    }

    private String line(HttpHead.Budget budget) throws IOException, Malformed {
        return HttpHead.line(() -> some().hasRemaining() ? from.read() : -1, budget);
    }

    private void writeLine(String line) throws IOException {
        to.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
}
