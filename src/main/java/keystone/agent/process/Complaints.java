package keystone.agent.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.Printable;

/// The newest of what a program wrote to its standard error, bounded. Thread-safe.
public final class Complaints {
    private static final int MOST_KEPT = 16 << 10;

    private final StringBuilder kept = new StringBuilder();
    private final Pattern name;

    /// Hears one program.
    ///
    /// @param name what it puts before each line, at its beginning
    public Complaints(Pattern name) {
        this.name = name;
    }

    /// Returns at the end of the stream.
    public void read(InputStream from) {
        read(from, () -> {});
    }

    /// The same.
    ///
    /// @param more called whenever it has said something
    public void read(InputStream from, Runnable more) {
        byte[] chunk = new byte[4096];
        try (from) {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                add(new String(chunk, 0, n, StandardCharsets.UTF_8));
                more.run();
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

    public synchronized String text() {
        return kept.toString();
    }

    /// What it said, safe to print, without its own name before it and without warnings that do not
    /// end it.
    public List<String> lines() {
        var lines = new ArrayList<String>();
        for (String line : text().split("\n", -1)) {
            Matcher begin = name.matcher(line);
            String said = (begin.lookingAt() ? line.substring(begin.end()) : line).strip();
            if (!said.isEmpty() && !said.startsWith("warning: ")) {
                lines.add(Printable.of(said));
            }
        }
        return lines;
    }
}
