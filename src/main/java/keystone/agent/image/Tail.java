package keystone.agent.image;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The last lines of something that may print many. Thread-safe.
final class Tail {
    private final int kept;
    private final Deque<String> lines = new ArrayDeque<>();

    Tail(int kept) {
        this.kept = kept;
    }

    synchronized void add(String line) {
        if (lines.size() == kept) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
