package keystone.agent.changes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A directory of the project that is watched. Small: there may be some thousands.
final class WatchedDirectory {
    /// The kernel's number for it.
    final int watch;

    final String name;
    final @Nullable WatchedDirectory parent;
    final int depth;

    private IgnoreRules rules = IgnoreRules.NONE;
    private Map<String, WatchedDirectory> children = Map.of();

    WatchedDirectory(int watch, String name, @Nullable WatchedDirectory parent) {
        this.watch = watch;
        this.name = name;
        this.parent = parent;
        this.depth = parent == null ? 0 : parent.depth + 1;
    }

    void setRules(IgnoreRules read) {
        rules = read;
    }

    IgnoreRules rules() {
        return rules;
    }

    void add(WatchedDirectory child) {
        if (children.isEmpty()) {
            children = new HashMap<>();
        }
        children.put(child.name, child);
    }

    @Nullable WatchedDirectory child(String childName) {
        return children.get(childName);
    }

    void remove(String childName) {
        children.remove(childName);
    }

    Collection<WatchedDirectory> children() {
        return List.copyOf(children.values());
    }

    /// From the project's root, which is the empty path.
    String path() {
        return parent == null ? "" : parent.pathOf(name);
    }

    String pathOf(String entry) {
        String path = path();
        return path.isEmpty() ? entry : path + "/" + entry;
    }

    /// The names of the path of an entry, from the root.
    List<String> namesTo(String entry) {
        var names = new ArrayList<String>(depth + 1);
        names.add(entry);
        for (WatchedDirectory at = this; at.parent != null; at = at.parent) {
            names.addFirst(at.name);
        }
        return names;
    }

    /// Whether git ignores the entry; what is in an ignored directory is never asked about.
    boolean ignores(String entry, IgnoreRules.Kind what) {
        List<String> names = namesTo(entry);
        for (WatchedDirectory at = this; at != null; at = at.parent) {
            IgnoreRules.Verdict verdict = at.rules.of(names.subList(at.depth, names.size()), what);
            if (verdict != null) {
                return verdict == IgnoreRules.Verdict.IGNORED;
            }
        }
        return false;
    }
}
