package keystone.agent.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.util.function.Consumer;

/// What a program prints, in pieces as it comes; what is no UTF-8 shows as U+FFFD.
final class TextPieces {
    private static final int LARGEST = 16 << 10;

    private TextPieces() {}

    /// Reads to the end.
    static void read(InputStream from, Consumer<String> to) {
        try (Reader reader = new InputStreamReader(from, UTF_8)) {
            var piece = new char[LARGEST];
            for (int n = reader.read(piece); n >= 0; n = reader.read(piece)) {
                to.accept(new String(piece, 0, n));
            }
        } catch (IOException ended) {
            // Its process has gone.
        }
    }
}
