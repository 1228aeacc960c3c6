package keystone.agent.review;

import java.util.List;
import java.util.Set;

/// Where links lead, without following them.
final class Leads {
    /// Parts of a target that lead through no name.
    private static final Set<String> STEPS = Set.of("..", ".", "");

    private Leads() {}

    /// Whether a link may lead out of the tree that it is in.
    ///
    /// Directories on the way to the link are real ones: the walk follows no link. What its target
    /// names after that may be links themselves, each of which is judged for itself; only `..`
    /// after one of them cannot be told.
    ///
    /// @param name of the link, relative to the tree
    /// @param target as it is written in the link
    /// @param root of the tree, absolute, in the same form
    static boolean out(String name, String target, String root) {
        if (target.startsWith("/")) {
            return !(target + "/").startsWith(root + "/")
                    || List.of(target.split("/", -1)).contains("..");
        }
        int depth = (int) name.chars().filter(each -> each == '/').count();
        List<String> parts = List.of(target.split("/", -1));
        int at = 0;
        while (at < parts.size() && STEPS.contains(parts.get(at))) {
            depth -= parts.get(at).equals("..") ? 1 : 0;
            at++;
        }
        return depth < 0 || parts.subList(at, parts.size()).contains("..");
    }

    /// Whether a link names something of a git directory: what this host's programs write through
    /// it, git obeys.
    static boolean intoGit(String target) {
        return List.of(target.split("/", -1)).contains(".git");
    }
}
