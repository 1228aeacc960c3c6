package keystone.agent.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Set;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// Writes a file or a tree of the host as a tar. Links are sent as links, and never followed, also
/// when somebody swaps one in while we look: what is copied may be shared with a guest.
final class TreeSender {
    private static final Set<OpenOption> READ =
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final int DEEPEST = 200;
    private static final int RECORD = 10240;

    private final TarArchiveOutputStream tar;
    private final CopyTally tally;

    private TreeSender(OutputStream out, CopyTally tally) {
        // Latin-1, so that a name's bytes pass as they are.
        this.tar = new TarArchiveOutputStream(out, RECORD, StandardCharsets.ISO_8859_1.name());
        this.tally = tally;
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
    }

    /// Sends one file, under a name that the receiver chose.
    ///
    /// @param file without links, like the directory below
    static void file(Path file, String name, OutputStream out, CopyTally tally) throws IOException {
        var sender = new TreeSender(out, tally);
        Path parent = Objects.requireNonNull(file.getParent());
        try (OpenDirectory directory = OpenDirectory.withoutLinks(parent)) {
            sender.entry(directory, Objects.requireNonNull(file.getFileName()), name, 0);
        }
        sender.tar.close();
    }

    /// Sends what is in a directory.
    static void tree(Path directory, OutputStream out, CopyTally tally) throws IOException {
        var sender = new TreeSender(out, tally);
        try (OpenDirectory top = OpenDirectory.withoutLinks(directory)) {
            sender.directory(top, "", 0);
        }
        sender.tar.close();
    }

    private void directory(OpenDirectory directory, String prefix, int depth) throws IOException {
        var names = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.path())) {
            entries.forEach(entry -> names.add(entry.getFileName()));
        }
        for (Path name : names) {
            entry(directory, name, prefix + RawPath.nameOf(name), depth);
        }
    }

    private void entry(OpenDirectory directory, Path file, String name, int depth)
            throws IOException {
        Path path = directory.path().resolve(file);
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            subdirectory(directory, file, name, attributes, depth);
        } else if (attributes.isSymbolicLink()) {
            var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            entry.setLinkName(RawPath.linkOf(Files.readSymbolicLink(path)));
            put(entry, attributes);
            tar.closeArchiveEntry();
            tally.copied(0);
        } else if (attributes.isRegularFile()) {
            try (InputStream content = Channels.newInputStream(Files.newByteChannel(path, READ))) {
                content(name, attributes, content);
            }
        } else {
            tally.leaveOut(name, "is no file, directory or link");
        }
    }

    private void subdirectory(
            OpenDirectory parent, Path file, String name, PosixFileAttributes attributes, int depth)
            throws IOException {
        if (depth > DEEPEST) {
            tally.leaveOut(name, "is more than " + DEEPEST + " directories deep");
            return;
        }
        put(new TarArchiveEntry(name + "/"), attributes);
        tar.closeArchiveEntry();
        try (OpenDirectory directory = parent.child(file)) {
            directory(directory, name + "/", depth + 1);
        }
    }

    /// As many bytes as were announced, whatever happens to the file meanwhile.
    private void content(String name, PosixFileAttributes attributes, InputStream content)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(attributes.size());
        put(entry, attributes);
        var chunk = new byte[64 << 10];
        for (long left = attributes.size(); left > 0; ) {
            int n = content.readNBytes(chunk, 0, (int) Math.min(chunk.length, left));
            if (n == 0) {
                throw new IOException(CopyTally.readable(name) + " shrank while it was copied");
            }
            tar.write(chunk, 0, n);
            left -= n;
        }
        tar.closeArchiveEntry();
        tally.copied(attributes.size());
    }

    private void put(TarArchiveEntry entry, PosixFileAttributes attributes) throws IOException {
        int mode = 0;
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            mode |= attributes.permissions().contains(all[i]) ? 0400 >> i : 0;
        }
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setLastModifiedTime(attributes.lastModifiedTime());
        tar.putArchiveEntry(entry);
    }
}
