package keystone.agent.review;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import keystone.agent.model.Review.Kind;
import org.jspecify.annotations.Nullable;

/// Two looks at one tree: what is not now what it was then.
final class Comparison {
    /// One name that differs.
    ///
    /// @param before null when it is new
    /// @param now null when it is gone
    record Difference(String name, @Nullable Item before, @Nullable Item now) {
        Kind kind() {
            if (before == null) {
                return Kind.ADDED;
            }
            return now == null ? Kind.REMOVED : Kind.CHANGED;
        }

        /// Its parts, as far as the text of a path can be split.
        List<String> parts() {
            return List.of(name.split("/", -1));
        }
    }

    /// What makes a directory a git directory (`is_git_directory` in `setup.c` of git): a head, and
    /// the rest of it, or a word where the rest is.
    private static final String HEAD = "HEAD";

    private static final String ELSEWHERE = "commondir";
    private static final Set<String> REST = Set.of("objects", "refs");

    private final Map<String, Item> before;
    private final List<Difference> differences = new ArrayList<>();
    private final Map<String, Set<String>> marks = new HashMap<>();

    /// A comparison that gets to know the tree of now name by name.
    ///
    /// @param before emptied by and by
    Comparison(Map<String, Item> before) {
        this.before = before;
    }

    void see(String name, Item now) {
        Item then = before.remove(name);
        if (then == null || !now.isLike(then)) {
            differences.add(new Difference(name, then, now));
        }
        int slash = name.lastIndexOf('/');
        String last = name.substring(slash + 1);
        if (last.equals(HEAD) || last.equals(ELSEWHERE) || REST.contains(last)) {
            marks.computeIfAbsent(name.substring(0, Math.max(slash, 0)), _ -> new HashSet<>())
                    .add(last);
        }
    }

    /// Everything that differs, by name. Call it when all of the tree was seen.
    List<Difference> differences() {
        var sorted = new TreeMap<String, Difference>();
        differences.forEach(each -> sorted.put(each.name(), each));
        before.forEach((name, then) -> sorted.put(name, new Difference(name, then, null)));
        return List.copyOf(sorted.values());
    }

    /// The directories, other than `.git`, in which git would find a repository; an empty name for
    /// the tree itself.
    Set<String> bareRepositories() {
        var bare = new TreeSet<String>();
        marks.forEach(
                (directory, found) -> {
                    boolean named = directory.equals(".git") || directory.endsWith("/.git");
                    if (isRepository(found) && !named && !("/" + directory).contains("/.git/")) {
                        bare.add(directory);
                    }
                });
        return bare;
    }

    private static boolean isRepository(Set<String> found) {
        return found.contains(HEAD) && (found.contains(ELSEWHERE) || found.containsAll(REST));
    }
}
