package keystone.agent.review;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import keystone.agent.model.Digest;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.OpenFile;
import keystone.agent.process.RawPath;
import org.jspecify.annotations.Nullable;

/// Walks a tree that somebody may be changing at this moment: each directory is held open while it
/// is read, so that no exchange of one for a link leads out of the tree.
final class Tree {
    /// A walk holds a descriptor for each level.
    private static final int DEEPEST = 200;

    /// More would make a review of a build's results a matter of minutes.
    private static final int LARGEST_READ = 4 << 20;

    /// Of all files together. A guest can give one file of zeros, which takes no room on a disk, a
    /// million names: to read that would take hours, and so would every `stop`.
    static final long MOST_READ = 1L << 30;

    private static final String ATTRIBUTES =
            "unix:mode,size,lastModifiedTime,ctime,ino,isRegularFile,isDirectory,isSymbolicLink";

    private static final int MODE = 07777;

    /// Gets everything below the root, a directory before what is in it.
    interface Visitor {
        /// One name.
        ///
        /// @param name relative to the root, in the form of [RawPath#nameOf]
        /// @return whether to go on
        boolean visit(String name, Item item) throws IOException;
    }

    /// The name of nothing.
    static final String NOTHING = "";

    private final Predicate<String> matters;
    private final String apart;
    private final Visitor visitor;
    private long left;
    private boolean ended;

    /// A walk that is yet to be made.
    ///
    /// @param matters the names of files whose content is looked at, beside that of programs
    /// @param apart the name of what is passed over, with all that is in it; or [#NOTHING]
    /// @param mostRead how many bytes of content are read, as [#MOST_READ]
    Tree(Predicate<String> matters, String apart, long mostRead, Visitor visitor) {
        this.matters = matters;
        this.apart = apart;
        this.left = mostRead;
        this.visitor = visitor;
    }

    /// Walks once.
    ///
    /// @return whether all of the tree was seen
    boolean walk(Path root) throws IOException {
        try (OpenDirectory top = OpenDirectory.withoutLinks(root)) {
            // What stands on the way need not be readable; the root must be.
            try (OpenDirectory readable = top.child(Path.of("."))) {
                enter(readable, "", 0);
            }
        }
        return !ended;
    }

    private void enter(OpenDirectory directory, String prefix, int depth) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.path())) {
            for (Path entry : entries) {
                if (ended) {
                    return;
                }
                see(directory, prefix, entry.getFileName(), depth);
            }
        } catch (DirectoryIteratorException unreadable) {
            throw unreadable.getCause();
        }
    }

    private void see(OpenDirectory directory, String prefix, Path name, int depth)
            throws IOException {
        String whole = prefix + RawPath.nameOf(name);
        if (whole.equals(apart)) {
            return;
        }
        Item item = item(directory.path().resolve(name), whole);
        if (item == null) {
            return;
        }
        if (item.kind() != Item.Kind.DIRECTORY) {
            pass(whole, item);
            return;
        }
        OpenDirectory below = depth < DEEPEST ? opened(directory, name) : null;
        if (below == null) {
            pass(whole, closed(item.mode()));
            return;
        }
        try (below) {
            pass(whole, item);
            enter(below, whole + "/", depth + 1);
        }
    }

    /// Null when it cannot be looked into, or is no directory any more.
    private static @Nullable OpenDirectory opened(OpenDirectory above, Path name) {
        try {
            OpenDirectory below = above.child(name);
            // Without it the names can be read, but nothing about them.
            if (Files.isExecutable(below.path())) {
                return below;
            }
            below.close();
            return null;
        } catch (IOException exchangedOrForbidden) {
            return null;
        }
    }

    private void pass(String name, Item item) throws IOException {
        ended = ended || !visitor.visit(name, item);
    }

    private static Item closed(int mode) {
        return new Item(Item.Kind.CLOSED, mode, 0, 0, 0, 0, "", null);
    }

    /// Null when it is gone meanwhile.
    private @Nullable Item item(Path path, String name) {
        try {
            Item item = item(path);
            return item.kind() == Item.Kind.FILE && (item.isExecutable() || matters.test(name))
                    ? withContent(item, path)
                    : item;
        } catch (NoSuchFileException gone) {
            return null;
        } catch (IOException forbidden) {
            return closed(0);
        }
    }

    private static Item item(Path path) throws IOException {
        Map<String, Object> seen =
                Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        Item.Kind kind = kind(seen);
        return new Item(
                kind,
                (int) number(seen, "mode") & MODE,
                kind == Item.Kind.FILE ? number(seen, "size") : 0,
                nanoseconds(seen.get("lastModifiedTime")),
                nanoseconds(seen.get("ctime")),
                number(seen, "ino"),
                kind == Item.Kind.LINK ? target(path) : "",
                null);
    }

    private static long number(Map<String, Object> seen, String name) {
        return seen.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static Item.Kind kind(Map<String, Object> seen) {
        if (Boolean.TRUE.equals(seen.get("isRegularFile"))) {
            return Item.Kind.FILE;
        }
        if (Boolean.TRUE.equals(seen.get("isDirectory"))) {
            return Item.Kind.DIRECTORY;
        }
        return Boolean.TRUE.equals(seen.get("isSymbolicLink")) ? Item.Kind.LINK : Item.Kind.SPECIAL;
    }

    private static long nanoseconds(@Nullable Object time) {
        return time instanceof FileTime at ? at.to(TimeUnit.NANOSECONDS) : 0;
    }

    private static String target(Path link) throws IOException {
        return RawPath.linkOf(Files.readSymbolicLink(link));
    }

    private Item withContent(Item item, Path path) {
        return new Item(
                item.kind(),
                item.mode(),
                item.size(),
                item.modified(),
                item.changed(),
                item.inode(),
                item.target(),
                isRead(item.size()) ? content(path) : null);
    }

    private boolean isRead(long size) {
        if (size > LARGEST_READ || size > left) {
            return false;
        }
        left -= size;
        return true;
    }

    /// Null when it cannot be read, or grew meanwhile.
    private static @Nullable Digest content(Path path) {
        try (OpenFile file = OpenFile.itself(path)) {
            byte[] content = file.read(LARGEST_READ + 1);
            return content.length <= LARGEST_READ ? Digest.of(content) : null;
        } catch (IOException unreadable) {
            return null;
        }
    }
}
