package keystone.agent.guest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Lines that a guest writes, of which no more than a beginning is kept.
final class GuestText {
    private static final int LONGEST = 1_000;

    private final InputStream in;

    GuestText(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /// The next one; null at the end.
    @Nullable String line() throws IOException {
        var line = new StringBuilder();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.length() < LONGEST) {
                line.append((char) next);
            }
        }
        // Whatever else it holds is nothing that we understand.
        return new String(
                line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
