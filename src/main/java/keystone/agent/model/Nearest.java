package keystone.agent.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The word that a mistyped one was most likely meant to be.
public final class Nearest {
    /// Nobody mistypes more than this much; it bounds the work on text from strangers.
    private static final int LONGEST = 64;

    private Nearest() {}

    /// The candidate that needs the fewest edits, however many.
    public static Optional<String> of(String word, Collection<String> candidates) {
        return candidates.stream().min(Comparator.comparingInt(c -> edits(word, c)));
    }

    /// The nearest candidate when it is near enough to be worth naming.
    public static Optional<String> likely(String word, Collection<String> candidates) {
        return of(word, candidates)
                .filter(
                        found ->
                                edits(word, found) <= Math.max(1, word.length() / 3)
                                        || (word.length() > 1 && found.startsWith(word)));
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static int edits(String left, String right) {
        String from = left.substring(0, Math.min(left.length(), LONGEST));
        String to = right.substring(0, Math.min(right.length(), LONGEST));
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = cell(cost, from, to, i, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cell(int[][] cost, String from, String to, int i, int j) {
        if (i == 0 || j == 0) {
            return i + j;
        }
        int replaced = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
