package keystone.agent.guest;

import java.nio.charset.StandardCharsets;

/// One word of a shell's language that stands for exactly these bytes.
final class ShellWord {
    private ShellWord() {}

    /// For bash, in plain ASCII whatever the bytes are, so that no locale on the way can change
    /// them.
    static String of(byte[] bytes) {
        return isPlain(bytes) ? quoted(ascii(bytes)) : escaped(bytes);
    }

    static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// For any POSIX shell that reads UTF-8 from a file; longer scripts keep readable words.
    static String posix(String text) {
        return quoted(text);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static boolean isPlain(byte[] bytes) {
        for (byte b : bytes) {
            if (b < ' ' || b > '~') {
                return false;
            }
        }
        return true;
    }

    private static String escaped(byte[] bytes) {
        var word = new StringBuilder(bytes.length * 4 + 3).append("$'");
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a NUL byte cannot be in a shell's word");
            }
            if (b == '\'' || b == '\\') {
                word.append('\\').append((char) b);
            } else if (b >= ' ' && b <= '~') {
                word.append((char) b);
            } else {
                // Always three digits: a digit may follow.
                word.append('\\')
                        .append((char) ('0' + ((b & 0xff) >> 6)))
                        .append((char) ('0' + ((b >> 3) & 7)))
                        .append((char) ('0' + (b & 7)));
            }
        }
        return word.append('\'').toString();
    }
}
