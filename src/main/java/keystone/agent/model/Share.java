package keystone.agent.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A host directory that the guest sees.
///
/// Where a cover lies the guest sees what covers, and can neither write nor move it: the kernel of
/// the host keeps it there for whoever serves the share.
///
/// @param host absolute, any name a Linux directory may have
/// @param guest absolute path inside, without `..` and control characters
/// @param covers what of the directory is out of the guest's reach
public record Share(Path host, String guest, Access access, List<Cover> covers) {
    /// Something in the directory in whose place the guest gets something else.
    ///
    /// @param name relative to the directory; made as an empty directory on the host where there is
    ///     none
    /// @param by the directory or file that is seen instead
    public record Cover(String name, Path by, Access access) {
        public Cover {
            if (!areNames(name)) {
                throw new IllegalArgumentException("not an entry: " + Printable.of(name));
            }
        }

        public Cover(String name, Path by) {
            this(name, by, Access.READ_ONLY);
        }
    }

    public Share(Path host, String guest, Access access) {
        this(host, guest, access, List.of());
    }

    public Share {
        covers = List.copyOf(covers);
        if (!host.isAbsolute()) {
            throw UserError.usage(
                    "the share `" + Printable.of(host.toString()) + "` is not an absolute path",
                    "give the whole path");
        }
        if (!isGuestPath(guest)) {
            throw UserError.usage(
                    "`" + Printable.of(guest) + "` cannot be a path in the guest",
                    "give an absolute path without `..` and control characters, such as /data");
        }
    }

    /// The same directory with something of it covered.
    public Share covering(List<Cover> more) {
        var all = new ArrayList<>(covers);
        all.addAll(more);
        return new Share(host, guest, access, all);
    }

    private static boolean isGuestPath(String path) {
        return path.startsWith("/")
                && path.length() <= 1024
                && areNames(path.substring(1))
                && path.codePoints().noneMatch(Character::isISOControl);
    }

    private static boolean areNames(String path) {
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }
}
