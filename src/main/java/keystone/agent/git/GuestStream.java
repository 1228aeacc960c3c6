package keystone.agent.git;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a guest's `upload-pack` says, passed on as long as it is within limits.
///
/// It begins with a line for each ref (gitprotocol-pack(5), version 0), of which git would take any
/// number; each would become a file in the user's `.git`.
final class GuestStream {
    private static final int MOST_REFS = 20_000;

    /// The most refs a guest may list; git keeps each of them in memory.
    private static final int MOST_LINES = 1_000_000;

    private static final List<String> TAGS = List.of(RefReader.TAGS, "refs/notes/");

    /// Each line begins with its length in this many hexadecimal digits (pkt-line).
    private static final int PREFIX = 4;

    /// Where in a line a ref's name begins: after its length, an object's name and a space.
    private static final int NAME = PREFIX + 41;

    private static final int LONGEST_LINE = 65_520;

    /// Follows the name of a tag in a line about the object that the tag is of.
    private static final String PEELED = "^{}";

    /// How all other versions begin.
    private static final String VERSION = "version ";

    private final long mostBytes;
    private final List<String> wanted;
    private final Map<String, ObjectId> tags;
    private volatile boolean hasTags;
    private String dropped = "";
    private long bytes;
    private volatile @Nullable String refusal;

    /// @param tags of the host, by name: of what the guest has of them nothing is passed on
    GuestStream(long mostBytes, Wanted wanted, Map<String, ObjectId> tags) {
        this.mostBytes = mostBytes;
        this.wanted = wanted.names();
        this.tags = Map.copyOf(tags);
    }

    /// Why it was not passed on; null when all of it was.
    @Nullable String refusal() {
        return refusal;
    }

    /// Whether tags or notes were passed on.
    boolean hasTags() {
        return hasTags;
    }

    /// Returns at the end of it, or at once when a limit is passed; both sides are closed then.
    void copy(InputStream from, OutputStream to) {
        try (from;
                to) {
            var data = new DataInputStream(from);
            if (copyRefs(data, to)) {
                copyRest(data, to);
            }
        } catch (IOException oneSideEnded) {
            // The other one notices.
        }
    }

    private boolean copyRefs(DataInputStream from, OutputStream to) throws IOException {
        int taken = 0;
        long listed = 0;
        for (int lines = 0; lines < MOST_LINES; lines++) {
            byte[] prefix = new byte[PREFIX];
            from.readFully(prefix);
            int length = length(prefix);
            if (length == 0) {
                return pass(to, prefix, PREFIX);
            }
            if (length <= PREFIX || length > LONGEST_LINE) {
                throw new EOFException("not the protocol");
            }
            byte[] line = Arrays.copyOf(prefix, length);
            from.readFully(line, PREFIX, length - PREFIX);
            if (lines > 0 && isOfHost(line)) {
                bytes += length;
                continue;
            }
            if (isTaken(line)) {
                taken++;
                listed += RefReader.listed(length - NAME);
            }
            if (isTag(line)) {
                hasTags = true;
            }
            refusal = refusal(line, lines, taken, listed);
            if (refusal != null || !pass(to, line, length)) {
                return false;
            }
        }
        refusal = "it has more refs than a repository can have";
        return false;
    }

    /// Whether it is of those that are asked for; others are only heard.
    private boolean isTaken(byte[] line) {
        return beginsAny(line, wanted);
    }

    private static boolean isTag(byte[] line) {
        return beginsAny(line, TAGS);
    }

    private static boolean beginsAny(byte[] line, List<String> refs) {
        String plain = new String(line, StandardCharsets.ISO_8859_1);
        return refs.stream().anyMatch(ref -> plain.startsWith(ref, NAME));
    }

    /// Whether it is a tag that the host has as well. Never asked of the first line, which says
    /// also what the guest's git can do.
    private boolean isOfHost(byte[] line) {
        String text = new String(line, StandardCharsets.UTF_8).stripTrailing();
        if (!text.startsWith(RefReader.TAGS, NAME)) {
            return false;
        }
        String tag = text.substring(NAME + RefReader.TAGS.length());
        if (tag.endsWith(PEELED)) {
            return tag.substring(0, tag.length() - PEELED.length()).equals(dropped);
        }
        ObjectId here = tags.get(tag);
        boolean isSame = here != null && text.startsWith(here.hex(), PREFIX);
        dropped = isSame ? tag : "";
        return isSame;
    }

    private @Nullable String refusal(byte[] line, int before, int taken, long listed) {
        if (before == 0
                && new String(line, StandardCharsets.US_ASCII).startsWith(VERSION, PREFIX)) {
            // Git would go along, and the refs would come later, uncounted.
            return "its git speaks another version of the protocol";
        }
        if (isTaken(line) && !isText(line)) {
            // Nobody could name it here, not even to remove it.
            return "one of its branches or tags has a name that is not UTF-8";
        }
        if (listed > RefReader.MOST_LISTED) {
            return "the names of its branches and tags are too long, all of them together";
        }
        return taken > MOST_REFS ? "it has more than " + MOST_REFS + " branches and tags" : null;
    }

    private static boolean isText(byte[] line) {
        try {
            // Nor can whoever reads git's answer tell the sign for what is none from that.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .chars()
                    .noneMatch(each -> each == '\ufffd');
        } catch (CharacterCodingException other) {
            return false;
        }
    }

    private static int length(byte[] prefix) throws IOException {
        try {
            return Integer.parseUnsignedInt(new String(prefix, StandardCharsets.US_ASCII), 16);
        } catch (NumberFormatException strange) {
            throw new IOException("not the protocol", strange);
        }
    }

    private void copyRest(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            if (!pass(to, buffer, n)) {
                return;
            }
        }
    }

    private boolean pass(OutputStream to, byte[] buffer, int length) throws IOException {
        bytes += length;
        if (bytes > mostBytes) {
            refusal = "it sent more than " + mostBytes + " bytes";
            return false;
        }
        to.write(buffer, 0, length);
        to.flush();
        return true;
    }
}
