package keystone.agent.git;

import java.util.ArrayList;
import java.util.List;

/// What is asked of a guest's repository.
public enum Wanted {
    EVERYTHING,
    /// Tags come from anywhere, with whatever they are of; nobody's commits are to stay behind for
    /// that.
    WITHOUT_TAGS;

    private List<String> directories() {
        return switch (this) {
            case EVERYTHING -> List.of("heads/", "tags/", "notes/");
            case WITHOUT_TAGS -> List.of("heads/");
        };
    }

    /// How the names begin that the guest has for it.
    List<String> names() {
        var names = new ArrayList<>(List.of("HEAD", "refs/stash"));
        directories().forEach(each -> names.add("refs/" + each));
        return names;
    }

    /// The same below a sandbox's namespace, as patterns of `for-each-ref`.
    List<String> patterns() {
        var patterns = new ArrayList<>(List.of("HEAD*", "HEAD*/**", "stash*", "stash*/**"));
        patterns.addAll(directories());
        return patterns;
    }

    /// @param into they come below it
    List<String> refspecs(String into) {
        // Patterns, as a ref that is not there would be an error. What is checked out may be a
        // commit of no branch.
        var refspecs =
                new ArrayList<>(
                        List.of("+HEAD*:" + into + "HEAD*", "+refs/stash*:" + into + "stash*"));
        directories().forEach(each -> refspecs.add("+refs/" + each + "*:" + into + each + "*"));
        return refspecs;
    }
}
