package keystone.agent.guest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads what the guest's GNU tar writes in its own format (`--format=gnu`), and nothing else.
///
/// Every byte is hostile: lengths are bounded before anything is allocated, and what is not exactly
/// right ends the copy. That is why it is not a library that reads every tar there ever was.
/// The format: <https://www.gnu.org/software/tar/manual/html_node/Standard.html>
final class TarReader {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 4096;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK];
    private long unread;
    private int padding;

    TarReader(InputStream in) {
        this.in = in;
    }

    /// The stream is not such an archive.
    static final class NotTar extends IOException {
        private static final long serialVersionUID = 1L;

        NotTar(String what) {
            super(what);
        }
    }

    /// The next entry; null at the archive's end. Content of the last one that was not read is
    /// skipped.
    @Nullable TarEntry next() throws IOException {
        String longName = null;
        String longLink = null;
        while (true) {
            skipRest();
            readBlock();
            if (isZero()) {
                return null;
            }
            verify();
            long size = number(124, 12);
            char type = (char) block[156];
            if (type == 'L' || type == 'K') {
                String text = longText(size);
                longName = type == 'L' ? text : longName;
                longLink = type == 'K' ? text : longLink;
                continue;
            }
            return entry(
                    longName != null ? longName : text(0, 100),
                    longLink != null ? longLink : text(157, 100),
                    type,
                    size);
        }
    }

    private TarEntry entry(String name, String link, char type, long size) throws NotTar {
        TarEntry.Kind kind =
                switch (type) {
                    case '0', '\0' -> TarEntry.Kind.FILE;
                    case '5' -> TarEntry.Kind.DIRECTORY;
                    case '2' -> TarEntry.Kind.SYMBOLIC_LINK;
                    default -> TarEntry.Kind.OTHER;
                };
        expect(size);
        boolean linked = kind == TarEntry.Kind.SYMBOLIC_LINK;
        return new TarEntry(name, kind, (int) number(100, 8) & 0777, size, linked ? link : "");
    }

    /// Writes the current entry's content.
    void copyTo(OutputStream out) throws IOException {
        var chunk = new byte[64 << 10];
        while (unread > 0) {
            int n = in.read(chunk, 0, (int) Math.min(chunk.length, unread));
            if (n < 0) {
                throw new EOFException();
            }
            out.write(chunk, 0, n);
            unread -= n;
        }
    }

    private void expect(long size) {
        unread = size;
        padding = (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    private void skipRest() throws IOException {
        in.skipNBytes(unread + padding);
        unread = 0;
        padding = 0;
    }

    private void readBlock() throws IOException {
        if (in.readNBytes(block, 0, BLOCK) < BLOCK) {
            throw new EOFException();
        }
    }

    private boolean isZero() {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    private void verify() throws NotTar {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
        }
        if (sum != number(148, 8) || !text(257, 8).startsWith("ustar  ")) {
            throw new NotTar("a header is wrong");
        }
    }

    private String longText(long size) throws IOException {
        if (size < 1 || size > LONGEST_NAME + 1) {
            throw new NotTar("a name of " + size + " bytes");
        }
        expect(size);
        byte[] bytes = in.readNBytes((int) size);
        unread -= bytes.length;
        return upToNul(bytes);
    }

    private String text(int offset, int length) {
        return upToNul(Arrays.copyOfRange(block, offset, offset + length));
    }

    private static String upToNul(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /// Octal digits, or, for what they cannot hold, a big-endian number after a byte of 0x80.
    private long number(int offset, int length) throws NotTar {
        if ((block[offset] & 0xff) == 0x80) {
            long value = 0;
            for (int i = offset + 1; i < offset + length; i++) {
                if (value > Long.MAX_VALUE >> 8) {
                    throw new NotTar("a number too large");
                }
                value = (value << 8) | (block[i] & 0xff);
            }
            return value;
        }
        String digits = text(offset, length).strip();
        if (digits.length() > 20 || !digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
            throw new NotTar("not a number");
        }
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }
}
