package keystone.agent.jsonrpc;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;

/// One JSON value a line, UTF-8, in both directions. One thread may read while others write.
public final class JsonLines implements AutoCloseable {
    /// Longer lines end the conversation: the other side is broken or hostile.
    public static final int LONGEST_LINE = 16 << 20;

    private final InputStream in;
    private final OutputStream out;
    private final int longest;

    public JsonLines(InputStream in, OutputStream out) {
        this(in, out, LONGEST_LINE);
    }

    /// For a side that has no reason to say much.
    ///
    /// @param longest line that is read, in bytes
    public JsonLines(InputStream in, OutputStream out, int longest) {
        this.longest = longest;
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /// The next value, or empty at the end of the stream; empty lines are passed over.
    ///
    /// @throws JsonException when a line is not JSON or is too long
    public Optional<Json> read() throws IOException {
        Optional<String> line = readLine();
        while (line.isPresent() && line.get().isBlank()) {
            line = readLine();
        }
        return line.map(Json::parse);
    }

    private Optional<String> readLine() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                // Half a line is nothing: its writer died before it finished the thought.
                return Optional.empty();
            }
            if (line.size() == longest) {
                throw new JsonException("a line is longer than " + longest + " bytes");
            }
            line.write(b);
        }
        return Optional.of(line.toString(StandardCharsets.UTF_8));
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
