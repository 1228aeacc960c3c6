package keystone.agent.egress.hpack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads the header sections that one side of a connection sends, each of them and in their order:
/// they build on one another. Used by one thread.
public final class HeaderDecoder {
    /// The size of the table that both sides begin with (RFC 7541, 4.2), in bytes.
    public static final int TABLE_BYTES = 4096;

    private static final int INDEXED = 0x80;
    private static final int INDEXED_BITS = 7;
    private static final int KEPT = 0x40;
    private static final int KEPT_BITS = 6;
    private static final int RESIZED = 0x20;
    private static final int RESIZED_BITS = 5;
    private static final int OTHER_BITS = 4;
    private static final int CODED = 0x80;
    private static final int TEXT_BITS = 7;

    /// What a number may be: far more than a section is long.
    private static final int LARGEST = 1 << 24;

    private static final int MORE = 0x80;

    private final FieldTable table = new FieldTable(TABLE_BYTES);
    private final int mostBytes;
    private final int mostFields;

    /// With the table that both sides begin with.
    ///
    /// @param mostBytes of a section's lines, each with 32 for itself
    public HeaderDecoder(int mostBytes, int mostFields) {
        this.mostBytes = mostBytes;
        this.mostFields = mostFields;
    }

    /// The lines of one section.
    ///
    /// @param section whole
    /// @throws HpackException also when there is more in it than it may hold; the connection cannot
    ///     go on
    public List<HeaderField> decode(ByteBuffer section) throws HpackException {
        var fields = new ArrayList<HeaderField>();
        int left = mostBytes;
        while (section.hasRemaining()) {
            int first = section.get(section.position());
            if ((first & (INDEXED | KEPT | RESIZED)) == RESIZED) {
                if (!fields.isEmpty()) {
                    throw new HpackException("a table changes its size among header lines");
                }
                table.limit(number(section, RESIZED_BITS));
                continue;
            }
            HeaderField field = field(section, first);
            left -= field.size();
            if (left < 0 || fields.size() == mostFields) {
                throw new HpackException("there are too many header lines");
            }
            fields.add(field);
        }
        return fields;
    }

    private HeaderField field(ByteBuffer section, int first) throws HpackException {
        if ((first & INDEXED) != 0) {
            return table.get(number(section, INDEXED_BITS));
        }
        boolean isKept = (first & KEPT) != 0;
        int known = number(section, isKept ? KEPT_BITS : OTHER_BITS);
        String name = known == 0 ? text(section) : table.get(known).name();
        var field = new HeaderField(name, text(section));
        if (isKept) {
            table.add(field);
        }
        return field;
    }

    private static String text(ByteBuffer section) throws HpackException {
        boolean isCoded = section.hasRemaining() && (section.get(section.position()) & CODED) != 0;
        int length = number(section, TEXT_BITS);
        if (length > section.remaining()) {
            throw new HpackException("a text is longer than its header section");
        }
        ByteBuffer bytes = section.slice(section.position(), length);
        section.position(section.position() + length);
        return isCoded ? Huffman.decode(bytes) : Huffman.plain(bytes);
    }

    /// One that begins in the last bits of a byte (RFC 7541, 5.1).
    private static int number(ByteBuffer section, int bits) throws HpackException {
        int most = (1 << bits) - 1;
        int number = octet(section) & most;
        if (number < most) {
            return number;
        }
        int shift = 0;
        int octet;
        do {
            octet = octet(section);
            number += (octet & ~MORE & 0xff) << shift;
            shift += 7;
            if (number > LARGEST || shift > 28) {
                throw new HpackException("a number in a header section is too large");
            }
        } while ((octet & MORE) != 0);
        return number;
    }

    private static int octet(ByteBuffer section) throws HpackException {
        if (!section.hasRemaining()) {
            throw new HpackException("a header section ends too early");
        }
        return section.get() & 0xff;
    }
}
