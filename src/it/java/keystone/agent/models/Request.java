package keystone.agent.models;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an agent asked.
///
/// @param target as the request names it: a path, or a whole address where a proxy is asked
/// @param headers by their names in small letters
public record Request(String method, String target, Map<String, String> headers, String body) {
    private static final int MOST_BYTES = 64 << 20;

    public Request {
        headers = Map.copyOf(headers);
    }

    /// The next one of a connection; null at its end.
    static @Nullable Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] words = first.split(" ", 3);
        if (words.length < 3) {
            throw new IOException("not a request: " + first);
        }
        var headers = new TreeMap<String, String>();
        for (String each = line(in); each != null && !each.isEmpty(); each = line(in)) {
            int colon = each.indexOf(':');
            if (colon < 0) {
                throw new IOException("not a header: " + each);
            }
            headers.put(
                    each.substring(0, colon).toLowerCase(Locale.ROOT),
                    each.substring(colon + 1).strip());
        }
        return new Request(words[0], words[1], headers, body(in, headers));
    }

    private static String body(InputStream in, Map<String, String> headers) throws IOException {
        byte[] bytes =
                headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")
                        ? chunks(in)
                        : exactly(
                                in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        var all = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(String.valueOf(line(in)).split(";", 2)[0].strip(), 16);
            all.write(exactly(in, size));
            String _ = line(in);
            if (size == 0) {
                return all.toByteArray();
            }
        }
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        if (size > MOST_BYTES) {
            throw new IOException("the request has " + size + " bytes");
        }
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new IOException("the request ends early");
        }
        return bytes;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    /// Without what leads to the server.
    String path() {
        return target.replaceFirst("^[a-z]+://[^/]*", "");
    }
}
