package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.GuestListener;

/// What `ports/listeners.py` prints, or whoever runs in its place: the guest is not trusted to keep
/// to any form.
final class ListenerLines {
    static final int MOST = 256;
    private static final int LONGEST_LINE = 16 << 10;
    private static final String BEGIN = "listening";

    private ListenerLines() {}

    /// The next line that tells of listeners; whatever else comes before is passed over.
    ///
    /// @return empty at the end, and when there is none within reason
    static Optional<List<GuestListener>> next(InputStream from) throws IOException {
        var line = new byte[LONGEST_LINE];
        int length = 0;
        for (int read = from.read(); read >= 0 && length < LONGEST_LINE; read = from.read()) {
            if (read != '\n') {
                line[length++] = (byte) read;
                continue;
            }
            String text = new String(line, 0, length, US_ASCII);
            if (text.equals(BEGIN) || text.startsWith(BEGIN + " ")) {
                return Optional.of(parse(text));
            }
            length = 0;
        }
        return Optional.empty();
    }

    /// Words that are no listeners are left out.
    static List<GuestListener> parse(String line) {
        return Arrays.stream(line.split(" ", MOST + 2))
                .skip(1)
                .limit(MOST)
                .map(ListenerLines::listener)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<GuestListener> listener(String word) {
        String[] parts = word.split(",", 4);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(new GuestListener(port(parts[0]), parts[1], parts[2]));
        } catch (IllegalArgumentException forged) {
            return Optional.empty();
        }
    }

    private static int port(String digits) {
        return digits.matches("[1-9]\\d{0,4}") ? Integer.parseInt(digits) : 0;
    }
}
