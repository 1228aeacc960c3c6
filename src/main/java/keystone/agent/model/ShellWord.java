package keystone.agent.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Words of a shell's language: for people, who paste them, and for programs, to whom they stand
/// for exactly these bytes.
public final class ShellWord {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    private ShellWord() {}

    /// For a line that a person reads and pastes: quoted only where a shell would change the word.
    /// What a terminal would not show is replaced, so such a word is no longer the same.
    public static String quote(String word) {
        String shown = Printable.of(word);
        return SAFE.matcher(shown).matches() ? shown : quoted(shown);
    }

    /// A whole command for a person, each word as by [#quote].
    public static String line(List<String> words) {
        return words.stream().map(ShellWord::quote).collect(Collectors.joining(" "));
    }

    /// For bash, in plain ASCII whatever the bytes are, so that no locale on the way can change
    /// them.
    public static String of(byte[] bytes) {
        return isPlain(bytes) ? quoted(ascii(bytes)) : escaped(bytes);
    }

    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// For any POSIX shell that reads UTF-8 from a file; longer scripts keep readable words.
    public static String posix(String text) {
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
