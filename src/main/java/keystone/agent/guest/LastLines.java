package keystone.agent.guest;

import java.util.ArrayDeque;
import java.util.List;

/// The end of what a program in a guest had to say, which is where it says why it failed. Hostile:
/// it may be a million lines, of which no list is made, or a single one.
final class LastLines {
    private static final int LONGEST = 300;

    private LastLines() {}

    /// The last of those with something in them, each cut off.
    static List<String> of(String said, int most) {
        var last = new ArrayDeque<String>();
        said.lines()
                .filter(line -> !line.isBlank())
                .forEach(
                        line -> {
                            last.add(line.substring(0, Math.min(LONGEST, line.length())));
                            if (last.size() > most) {
                                last.removeFirst();
                            }
                        });
        return List.copyOf(last);
    }
}
