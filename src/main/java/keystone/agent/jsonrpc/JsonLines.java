package keystone.agent.jsonrpc;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;

/// One JSON value a line, UTF-8, in both directions. One thread may read while others write.
public final class JsonLines implements AutoCloseable {
    /// Longer lines end the conversation: the other side is broken or hostile.
    public static final int LONGEST_LINE = 16 << 20;

    /// Of a line of whoever may print anything: several talk at once, and what takes two bytes to
    /// send takes eighty to keep. Ten times what an agent has been seen to send.
    private static final int MOST_VALUES = 20_000;

    private final InputStream in;
    private final OutputStream out;
    private final int longest;
    private final StrayLines stray;

    public JsonLines(InputStream in, OutputStream out) {
        this(in, out, LONGEST_LINE);
    }

    /// For a side that has no reason to say much.
    ///
    /// @param longest line that is read, in bytes
    public JsonLines(InputStream in, OutputStream out, int longest) {
        this(in, out, longest, new StrayLines.End());
    }

    private JsonLines(InputStream in, OutputStream out, int longest, StrayLines stray) {
        this.longest = longest;
        this.stray = stray;
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /// For a side that may print anything between its messages: lines that are no JSON object, or
    /// too long, are passed over.
    ///
    /// @param told of each such line; hostile, and cut off
    public static JsonLines skipping(
            InputStream in, OutputStream out, int longest, Consumer<String> told) {
        return new JsonLines(in, out, longest, new StrayLines.Skip(told));
    }

    /// The next value, or empty at the end of the stream; empty lines are passed over.
    ///
    /// @throws JsonException when a line is not JSON or is too long
    public Optional<Json> read() throws IOException {
        Optional<String> line = readLine();
        while (line.isPresent()) {
            if (!line.get().isBlank()) {
                Optional<Json> value = understood(line.get());
                if (value.isPresent()) {
                    return value;
                }
            }
            line = readLine();
        }
        return Optional.empty();
    }

    private Optional<Json> understood(String line) {
        if (!(stray instanceof StrayLines.Skip skip)) {
            return Optional.of(Json.parse(line));
        }
        try {
            return Optional.of(Json.parse(line, MOST_VALUES).asObject());
        } catch (JsonException noMessage) {
            skip.tell(line);
            return Optional.empty();
        }
    }

    boolean isLenient() {
        return stray instanceof StrayLines.Skip;
    }

    private Optional<String> readLine() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                // Half a line is nothing: its writer died before it finished the thought.
                return Optional.empty();
            }
            if (line.size() == longest) {
                return tooLong();
            }
            line.write(b);
        }
        return Optional.of(line.toString(StandardCharsets.UTF_8));
    }

    /// Passes over the rest of it.
    private Optional<String> tooLong() throws IOException {
        String what = "a line is longer than " + longest + " bytes";
        if (!(stray instanceof StrayLines.Skip skip)) {
            throw new JsonException(what);
        }
        skip.tell(what);
        int b = in.read();
        while (b >= 0 && b != '\n') {
            b = in.read();
        }
        return b < 0 ? Optional.empty() : Optional.of("");
    }

    public void write(Json value) throws IOException {
        byte[] line = (value.compact() + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            out.write(line);
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        try (in;
                out) {
            // Both, whichever fails.
        }
    }
}
