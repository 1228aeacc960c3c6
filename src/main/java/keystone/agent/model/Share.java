package keystone.agent.model;

import java.nio.file.Path;

/// A host directory that the guest sees.
///
/// @param host absolute, any name a Linux directory may have
/// @param guest absolute path inside, without `..` and control characters
public record Share(Path host, String guest, Access access) {
    public Share {
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
