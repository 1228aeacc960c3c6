package keystone.agent.supervisor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What was said last, so that it is not said again at each attempt. Of a guest that says something
/// else each time no more than its last words is kept.
final class LastWords {
    private static final int LONGEST = 300;
    private static final int MOST = 100;

    private Set<String> said = Set.of();

    /// Those of which nothing was said the last time.
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
