package keystone.agent.guest;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import keystone.agent.model.Printable;

/// What the guest's own git directory is told of the host's repository.
///
/// @param branches object ids by the names below `refs/heads/`
/// @param tags object ids by the names below `refs/tags/`
/// @param head as in a `HEAD` file: `ref: refs/heads/NAME`, or an object id when it is detached
/// @param shallow the content of the file `shallow`; empty when the history is whole
/// @param objects whether all are there
public record HostState(
        Map<String, String> branches,
        Map<String, String> tags,
        String head,
        String shallow,
        Objects objects) {
    /// What there is of the repository's objects.
    public enum Objects {
        ALL,
        /// Some are missing, which somebody elsewhere has promised: a partial clone.
        SOME
    }

    static final String BRANCH = "ref: refs/heads/";

    private static final Pattern OBJECT = Pattern.compile("[0-9a-f]{40}");

    public HostState {
        branches = new TreeMap<>(branches);
        tags = new TreeMap<>(tags);
        branches.forEach(HostState::check);
        tags.forEach(HostState::check);
        if (!head.startsWith(BRANCH) && !isObject(head)) {
            throw new IllegalArgumentException("not a HEAD: " + Printable.of(head));
        }
    }

    static boolean isObject(String text) {
        return OBJECT.matcher(text).matches();
    }

    /// They are written one on a line.
    private static void check(String name, String object) {
        boolean isOneWord =
                !name.isEmpty() && name.codePoints().noneMatch(each -> each <= ' ' || each == 127);
        if (!isOneWord || !isObject(object)) {
            throw new IllegalArgumentException("not a ref: " + Printable.of(name + " " + object));
        }
    }
}
