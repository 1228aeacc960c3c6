package keystone.agent.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// `HOST:GUEST[:ro]`, read from the right: HOST may hold colons, GUEST may not.
///
/// @param host absolute, links not yet followed
record MountText(Path host, String guest, Access access) {
    private static final String FORM =
            "write it as HOST:GUEST or HOST:GUEST:ro, with GUEST absolute";

    /// Over these a mount would hide what the guest itself needs.
    private static final Set<String> GUEST_SYSTEM =
            Set.of(
                    "/bin",
                    "/boot",
                    "/dev",
                    "/etc",
                    "/home",
                    "/home/sandbox",
                    "/lib",
                    "/lib64",
                    "/proc",
                    "/run",
                    "/sbin",
                    "/sys",
                    "/usr",
                    "/var",
                    "/workspace");

    /// Reads one.
    ///
    /// @param base what a relative HOST starts from; null where it must be absolute
    /// @param home what `~` stands for
    static MountText parse(String text, @Nullable Path base, Path home) {
        Access access = Access.READ_WRITE;
        String rest = text;
        if (text.endsWith(":ro") || text.endsWith(":rw")) {
            access = text.endsWith(":ro") ? Access.READ_ONLY : Access.READ_WRITE;
            rest = text.substring(0, text.length() - 3);
        }
        int colon = rest.lastIndexOf(':');
        if (colon < 1 || !rest.startsWith("/", colon + 1)) {
            throw UserError.usage("`" + Printable.of(text) + "` is not a mount", FORM);
        }
        Path host = host(rest.substring(0, colon), base, home);
        String guest = rest.substring(colon + 1);
        // Its constructor refuses what cannot be a path in the guest.
        var valid = new Share(host, guest, access);
        if (GUEST_SYSTEM.contains(guest)) {
            throw UserError.usage(
                    "a mount at " + guest + " would hide what the guest has there",
                    "choose another place, such as /data");
        }
        return new MountText(valid.host(), valid.guest(), valid.access());
    }

    private static Path host(String text, @Nullable Path base, Path home) {
        Path path = path(text, home);
        if (path.isAbsolute()) {
            return path.normalize();
        }
        if (base == null) {
            throw UserError.usage(
                    "the mount of `" + Printable.of(text) + "` is relative, and to nothing",
                    "give the whole path, or one that starts with ~/");
        }
        return base.resolve(path).normalize();
    }

    private static Path path(String text, Path home) {
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                return home.resolve(text.substring(Math.min(2, text.length())));
            }
            return Path.of(text);
        } catch (InvalidPathException notAPath) {
            throw UserError.usage("`" + Printable.of(text) + "` cannot be a directory", FORM);
        }
    }

    @Override
    public String toString() {
        return host + ":" + guest + (access == Access.READ_ONLY ? ":ro" : "");
    }
}
