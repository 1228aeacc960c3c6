package keystone.agent.egress.hpack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The code that texts may be written in (RFC 7541, 5.2 and appendix B). It is a canonical one: of
/// the codes of one length, each is the one before and one more, in the order of the symbols. So
/// the lengths say everything.
final class Huffman {
    private static final int LONGEST = 30;

    /// Of each byte, in bits; of the end of a text last.
    private static final byte[] LENGTHS = {
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, //
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, //
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, //
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, //
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, //
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, //
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, //
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
        30
    };

    private static final int END = LENGTHS.length - 1;
    private static final int MOST_PADDING = 7;

    /// Of each length: its first code, the place of that code's symbol, and how many there are.
    private static final int[] FIRST = new int[LONGEST + 1];

    private static final int[] PLACE = new int[LONGEST + 1];
    private static final int[] COUNT = new int[LONGEST + 1];

    /// By the length of their codes.
    private static final int[] SYMBOLS = new int[LENGTHS.length];

    static {
        int code = 0;
        int place = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code <<= 1;
            FIRST[length] = code;
            PLACE[length] = place;
            for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
                if (LENGTHS[symbol] == length) {
                    SYMBOLS[place++] = symbol;
                    code++;
                }
            }
            COUNT[length] = place - PLACE[length];
        }
    }

    private Huffman() {}

    /// Reads all that is there: less than 1.7 times as many characters as bytes.
    static String decode(ByteBuffer coded) throws HpackException {
        var text = new StringBuilder();
        int code = 0;
        int length = 0;
        while (coded.hasRemaining()) {
            int octet = coded.get();
            for (int bit = 7; bit >= 0; bit--) {
                code = (code << 1) | ((octet >> bit) & 1);
                length++;
                if (code - FIRST[length] < COUNT[length]) {
                    int symbol = SYMBOLS[PLACE[length] + code - FIRST[length]];
                    if (symbol == END) {
                        throw new HpackException("a text has its own end within");
                    }
                    text.append((char) symbol);
                    code = 0;
                    length = 0;
                }
            }
        }
        // What is left is the beginning of the end, which is all ones.
        if (length > MOST_PADDING || code != (1 << length) - 1) {
            throw new HpackException("a text ends within a character");
        }
        return text.toString();
    }

    /// What it would be if it were not coded.
    static String plain(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
