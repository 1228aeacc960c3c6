package keystone.agent.egress.hpack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes header sections that nobody has to remember anything of, nor may: each line is written
/// out, and marked as one that no table keeps (RFC 7541, 6.2.3), as secrets have to be.
public final class HeaderEncoder {
    private static final int NEVER_KEPT = 0x10;

    /// Empties the other side's table. It comes with each section, as one that was told to hold a
    /// smaller table waits for the word that it is smaller.
    private static final int NO_TABLE = 0x20;

    private static final int TEXT_BITS = 7;

    private HeaderEncoder() {}

    /// One section, whole.
    public static byte[] encode(List<HeaderField> fields) {
        var bytes = new ByteArrayOutputStream();
        bytes.write(NO_TABLE);
        for (HeaderField field : fields) {
            bytes.write(NEVER_KEPT);
            text(bytes, field.name());
            text(bytes, field.value());
        }
        return bytes.toByteArray();
    }

    private static void text(ByteArrayOutputStream bytes, String text) {
        byte[] plain = text.getBytes(StandardCharsets.ISO_8859_1);
        number(bytes, plain.length);
        bytes.writeBytes(plain);
    }

    private static void number(ByteArrayOutputStream bytes, int number) {
        int most = (1 << TEXT_BITS) - 1;
        if (number < most) {
            bytes.write(number);
            return;
        }
        bytes.write(most);
        int left = number - most;
        while (left >= 0x80) {
            bytes.write((left & 0x7f) | 0x80);
            left >>= 7;
        }
        bytes.write(left);
    }
}
