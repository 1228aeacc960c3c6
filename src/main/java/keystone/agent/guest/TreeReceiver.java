package keystone.agent.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;

/// Lays out on the host what came from a guest, and never anywhere but below one place: whatever
/// the names say, and whoever swaps directories for links meanwhile (the place may be in a project
/// that the guest shares).
///
/// Every step goes through directories that are held open, and no link is followed in any of them.
/// Files that are in the way are removed, not written into.
final class TreeReceiver implements AutoCloseable {
    private static final Set<OpenOption> NEW =
            Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
    private static final int DEEPEST = 200;
    private static final long MOST_ENTRIES = 2_000_000;

    /// What the host keeps free, whatever a guest sends.
    private static final long RESERVE = 64L << 20;
    private static final long BLOCK = 4096;
    private static final int OWNER_ALL = 0700;

    private final String top;
    private final CopyTally tally;
    private final Deque<Level> levels = new ArrayDeque<>();
    private long left;

    /// One directory of the path that is being worked at.
    private record Level(String name, OpenDirectory directory) {}

    /// @param parent where everything goes, closed with this
    /// @param top the one name in it that everything is at or below
    TreeReceiver(OpenDirectory parent, String top, CopyTally tally) {
        this.top = top;
        this.tally = tally;
        levels.push(new Level("", parent));
    }

    /// Takes an archive: a directory `.` and what is in it, or a single file of whatever name.
    ///
    /// @param room how many bytes the destination can hold
    void takeAll(TarReader archive, long room) throws IOException {
        left = room - RESERVE;
        TarEntry first = archive.next();
        if (first != null && first.kind() == TarEntry.Kind.FILE) {
            charge(first.size());
            take(new TarEntry("", first.kind(), first.mode(), first.size(), ""), archive);
            return;
        }
        long count = 0;
        for (TarEntry entry = first; entry != null; entry = archive.next()) {
            charge(entry.size());
            if (++count > MOST_ENTRIES) {
                throw new TarReader.NotTar("more than " + MOST_ENTRIES + " files");
            }
            take(entry, archive);
        }
    }

    /// Whatever is made takes a block, or rather an inode and a place in a directory.
    private void charge(long size) throws IOException {
        if (size < 0 || size > left) {
            throw noRoom();
        }
        left -= (size / BLOCK + 1) * BLOCK;
        if (left < 0) {
            throw noRoom();
        }
    }

    private static IOException noRoom() {
        return new IOException("there is no room for it on this host's disk");
    }

    /// Takes one entry; its name is relative to what was copied, `.` or empty for that itself.
    private void take(TarEntry entry, TarReader content) throws IOException {
        List<String> parts = TreeNames.parts(top, entry.name());
        switch (entry.kind()) {
            case DIRECTORY -> enter(parts, entry.mode());
            case FILE -> file(parts, entry, content);
            case SYMBOLIC_LINK -> link(parts, entry);
            case OTHER -> tally.leaveOut(entry.name(), "is no file, directory or link");
        }
    }

    private void file(List<String> parts, TarEntry entry, TarReader content) throws IOException {
        Path target = cleared(parts);
        try (OutputStream out =
                Channels.newOutputStream(
                        Files.newByteChannel(target, NEW, attribute(entry.mode())))) {
            content.copyTo(out);
        }
        tally.copied(entry.size());
    }

    private void link(List<String> parts, TarEntry entry) throws IOException {
        if (!TreeNames.staysInside(entry.link(), parts.size() - 2)) {
            tally.leaveOut(entry.name(), "is a link out of what is copied");
            return;
        }
        Files.createSymbolicLink(cleared(parts), RawPath.ofName(entry.link()));
        tally.copied(0);
    }

    /// Where a file goes, with nothing there.
    private Path cleared(List<String> parts) throws IOException {
        enter(parts.subList(0, parts.size() - 1), OWNER_ALL | 055);
        Path target = current().path().resolve(RawPath.ofName(parts.getLast()));
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(
                        CopyTally.readable(parts.getLast()), null, "is a directory already");
            }
            Files.deleteIfExists(target);
        }
        return target;
    }

    /// Makes the directory the current one; what is missing of it is made.
    private void enter(List<String> parts, int mode) throws IOException {
        if (parts.size() > DEEPEST) {
            throw new TarReader.NotTar("more than " + DEEPEST + " directories deep");
        }
        leaveTo(common(parts));
        for (int i = levels.size() - 1; i < parts.size(); i++) {
            Path name = RawPath.ofName(parts.get(i));
            boolean last = i == parts.size() - 1;
            make(name, last ? mode : OWNER_ALL | 055);
            levels.push(new Level(parts.get(i), current().child(name)));
        }
    }

    private void make(Path name, int mode) throws IOException {
        try {
            // We must be able to fill it, whatever its mode is to be.
            Files.createDirectory(current().path().resolve(name), attribute(mode | OWNER_ALL));
            charge(0);
        } catch (FileAlreadyExistsException there) {
            // Whether it is a directory, and no link to one, shows when it is opened.
        }
    }

    /// How many of the current levels the path begins with.
    private int common(List<String> parts) {
        var now = new ArrayList<>(levels.reversed()).subList(1, levels.size());
        int same = 0;
        while (same < now.size()
                && same < parts.size()
                && now.get(same).name().equals(parts.get(same))) {
            same++;
        }
        return same;
    }

    private void leaveTo(int depth) {
        while (levels.size() - 1 > depth) {
            levels.pop().directory().close();
        }
    }

    private OpenDirectory current() {
        return levels.getFirst().directory();
    }

    /// What the umask allows of it, as for any file that a program makes.
    private static FileAttribute<Set<PosixFilePermission>> attribute(int mode) {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        // In the order of the bits, from 0400 down.
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(all[i]);
            }
        }
        return PosixFilePermissions.asFileAttribute(permissions);
    }

    @Override
    public void close() {
        leaveTo(-1);
    }
}
