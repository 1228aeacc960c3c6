package keystone.agent.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of memory or disk, in bytes; written `512m`, `4g`, `1t` (powers of 1024) or as plain
/// bytes.
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([kmgt]?)(?:i?b)?");

    public ByteSize {
        if (bytes <= 0) {
            throw UserError.usage("a size must be more than nothing", "write it as `512m` or `4g`");
        }
    }

    public static ByteSize ofMib(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    public static ByteSize ofGib(long gibibytes) {
        return new ByteSize(Math.multiplyExact(gibibytes, 1L << 30));
    }

    public static ByteSize parse(String text) {
        Matcher form = FORM.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw malformed(text);
        }
        int shift =
                switch (form.group(2)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    case "t" -> 40;
                    default -> 0;
                };
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(form.group(1)), 1L << shift));
        } catch (ArithmeticException tooLarge) {
            throw malformed(text);
        }
    }

    private static UserError malformed(String text) {
        return UserError.usage(
                "`" + Printable.of(text) + "` is not a size", "write it as `512m` or `4g`");
    }

    public long mib() {
        return bytes >> 20;
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /// The shortest exact form that [#parse] reads back.
    @Override
    public String toString() {
        String units = "tgmk";
        for (int i = 0; i < units.length(); i++) {
            int shift = 10 * (units.length() - i);
            if (bytes % (1L << shift) == 0) {
                return (bytes >> shift) + units.substring(i, i + 1);
            }
        }
        return Long.toString(bytes);
    }
}
