package keystone.agent.review;

import keystone.agent.model.Digest;
import org.jspecify.annotations.Nullable;

/// What has one name in a tree, as far as a change of it can be told.
///
/// @param mode of chmod(2), without the file's type: 07777 at most
/// @param size in bytes; 0 for all but files
/// @param modified nanoseconds since 1970; whoever may write a file can set it at will
/// @param changed the same of the inode (`st_ctim`, inode(7)): set by this host's kernel, also for
/// a change made through a share, and by nobody else
/// @param inode its number: a file that took another's place has another one
/// @param target of a link, in the form of [keystone.agent.process.RawPath]; else empty
/// @param content of a file whose content matters; null when it was not read
record Item(
        Kind kind,
        int mode,
        long size,
        long modified,
        long changed,
        long inode,
        String target,
        @Nullable Digest content) {
    private static final int EXECUTE = 0111;
    private static final int SET_ID = 06000;

    enum Kind {
        FILE,
        DIRECTORY,
        LINK,
        /// A pipe, a socket or a device.
        SPECIAL,
        /// A directory that could not be looked into.
        CLOSED
    }

    boolean isExecutable() {
        return kind == Kind.FILE && (mode & EXECUTE) != 0;
    }

    boolean setsId() {
        return kind == Kind.FILE && (mode & SET_ID) != 0;
    }

    /// Whether nobody has to look at it again. Content decides where it is known: git and editors
    /// replace files by equal ones, and of two writes within one tick of the kernel's clock the
    /// times tell only one.
    boolean isLike(Item before) {
        if (kind != before.kind || mode != before.mode || !target.equals(before.target)) {
            return false;
        }
        return switch (kind) {
            case FILE -> isSame(before);
            // What is in it is listed for itself.
            case DIRECTORY, LINK, SPECIAL, CLOSED -> true;
        };
    }

    private boolean isSame(Item before) {
        return (content == null || before.content == null)
                ? isUntouched(before)
                : content.equals(before.content);
    }

    private boolean isUntouched(Item before) {
        return size == before.size
                && modified == before.modified
                && changed == before.changed
                && inode == before.inode;
    }
}
