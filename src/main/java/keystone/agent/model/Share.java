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
    /// Something in the directory that the guest does not get.
    ///
    /// @param name of the entry; made as an empty directory on the host where there is none
    /// @param by the directory that is seen instead, read-only
    public record Cover(String name, Path by) {
        public Cover {
            if (name.contains("/") || name.startsWith("..") || name.isEmpty()) {
                throw new IllegalArgumentException("not an entry: " + Printable.of(name));
            }
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
    public Share covering(Cover cover) {
        var all = new ArrayList<>(covers);
        all.add(cover);
        return new Share(host, guest, access, all);
    }

    private static boolean isGuestPath(String path) {
        if (!path.startsWith("/") || path.length() < 2 || path.length() > 1024) {
            return false;
        }
        for (String part : path.substring(1).split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return path.codePoints().noneMatch(Character::isISOControl);
    }
}
