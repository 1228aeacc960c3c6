package keystone.agent.guest;

import java.util.regex.Pattern;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;

/// What the guest mounts: a share by its tag, and where.
///
/// @param tag as the machine gives it to the guest; 9p allows 31 bytes
/// @param path absolute, without control characters, since the guest reads them line by line
public record GuestMount(String tag, String path, Access access) {
    private static final Pattern TAG = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");

    public GuestMount {
        if (!TAG.matcher(tag).matches()) {
            throw new IllegalArgumentException("not a share's tag: " + Printable.of(tag));
        }
        if (!path.startsWith("/") || path.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("not a guest path: " + Printable.of(path));
        }
    }

    String line() {
        return tag + "\t" + path + "\t" + (access == Access.READ_ONLY ? "ro" : "rw") + "\n";
    }
}
