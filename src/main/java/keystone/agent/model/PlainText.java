package keystone.agent.model;

import java.util.regex.Pattern;

/// What a program printed for a terminal, as the text that a person would have read there: without
/// colours, titles and whatever else is done by escape sequences (ECMA-48), and safe to print.
public final class PlainText {
    private static final Pattern SEQUENCE =
            Pattern.compile(
                    // Control sequences, such as colours.
                    "(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]"
                            // Strings, such as a window's title; to their end, or to the line's.
                            + "|(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x9c\\n]*(?:\\x07|\\x1b\\\\|\\x9c)?"
                            // Others of two or three characters.
                            + "|\\x1b[ -/]*[0-~]");

    private static final Pattern LINE_END = Pattern.compile("\\r+\\n?");

    private PlainText() {}

    /// Several lines.
    public static String lines(String text) {
        String visible = text.indexOf('\r') < 0 ? text : LINE_END.matcher(text).replaceAll("\n");
        return Printable.lines(withoutSequences(visible));
    }

    /// One line.
    public static String line(String text) {
        return Printable.of(withoutSequences(text).strip().replaceAll("\\s+", " "));
    }

    private static String withoutSequences(String text) {
        return isPlain(text) ? text : SEQUENCE.matcher(text).replaceAll("");
    }

    private static boolean isPlain(String text) {
        return text.chars().noneMatch(c -> c == '\u001b' || (c >= 0x80 && c <= 0x9f));
    }
}
