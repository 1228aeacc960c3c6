package keystone.agent.supervisor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Remembers the last sentences, so that a repeated attempt does not repeat them. Keeps only those
/// of the last attempt, so a guest that says something new each time costs no memory.
final class LastWords {
    private static final int LONGEST = 300;
    private static final int MOST = 100;

    private Set<String> said = Set.of();

    /// The sentences that were not said the last time.
    List<String> unsaid(List<String> sentences) {
        var now = new HashSet<String>();
        List<String> unsaid =
                sentences.stream()
                        .limit(MOST)
                        .filter(each -> now.add(beginning(each)) && !said.contains(beginning(each)))
                        .toList();
        said = now;
        return unsaid;
    }

    private static String beginning(String sentence) {
        return sentence.substring(0, Math.min(LONGEST, sentence.length()));
    }
}
