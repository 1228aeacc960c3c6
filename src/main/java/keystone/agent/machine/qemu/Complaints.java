package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Printable;

/// The newest of what a program wrote to its standard error, bounded. Thread-safe.
final class Complaints {
    private static final int MOST_KEPT = 16 << 10;

    private final StringBuilder kept = new StringBuilder();

    /// Returns at the end of the stream.
    void read(InputStream from) {
        byte[] chunk = new byte[4096];
        try (from) {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                add(new String(chunk, 0, n, StandardCharsets.UTF_8));
            }
        } catch (IOException gone) {
            // The end of the program, which is reported as such.
        }
    }

    private synchronized void add(String text) {
        kept.append(text);
        if (kept.length() > MOST_KEPT) {
            kept.delete(0, kept.length() - MOST_KEPT);
        }
    }

    synchronized String text() {
        return kept.toString();
    }

    /// What QEMU said, safe to print, without its own name before it and without warnings that do
    /// not end it.
    List<String> lines() {
        var lines = new ArrayList<String>();
        for (String line : text().split("\n", -1)) {
            String said = line.replaceFirst("^\\S*qemu-system-\\w+: ", "").strip();
            if (!said.isEmpty() && !said.startsWith("warning: ")) {
                lines.add(Printable.of(said));
            }
        }
        return lines;
    }
}
