package keystone.agent.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What changed between two texts, line by line: `+` added, `-` removed, a space for the rest.
public final class LineDiff {
    /// Above this many line pairs the changed part is shown whole, old then new.
    private static final int MOST_PAIRS = 1 << 20;

    private LineDiff() {}

    /// Without line ends of either kind.
    public static List<String> lines(String text) {
        List<String> lines = Arrays.asList(text.split("\r?\n", -1));
        boolean ended = !lines.isEmpty() && lines.getLast().isEmpty();
        return ended ? lines.subList(0, lines.size() - 1) : lines;
    }

    /// All lines of the new text, and those that are gone.
    public static List<String> between(String before, String after) {
        List<String> old = lines(before);
        List<String> now = lines(after);
        int head = 0;
        while (head < Math.min(old.size(), now.size()) && old.get(head).equals(now.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < Math.min(old.size(), now.size()) - head
                && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
            tail++;
        }
        var diff = new ArrayList<String>();
        now.subList(0, head).forEach(line -> diff.add("  " + line));
        changed(old.subList(head, old.size() - tail), now.subList(head, now.size() - tail), diff);
        now.subList(now.size() - tail, now.size()).forEach(line -> diff.add("  " + line));
        return diff;
    }

    private static void changed(List<String> old, List<String> now, List<String> diff) {
        int[][] common = commonLines(old, now);
        int i = 0;
        int j = 0;
        while (common.length > 0 && i < old.size() && j < now.size()) {
            if (old.get(i).equals(now.get(j))) {
                diff.add("  " + now.get(j));
                i++;
                j++;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                diff.add("- " + old.get(i++));
            } else {
                diff.add("+ " + now.get(j++));
            }
        }
        old.subList(i, old.size()).forEach(line -> diff.add("- " + line));
        now.subList(j, now.size()).forEach(line -> diff.add("+ " + line));
    }

    /// How many lines the rests from (i, j) on have in common; empty when that is too much work.
    private static int[][] commonLines(List<String> old, List<String> now) {
        if ((long) old.size() * now.size() > MOST_PAIRS) {
            return new int[0][];
        }
        int[][] common = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] =
                        old.get(i).equals(now.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
