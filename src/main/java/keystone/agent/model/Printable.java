package keystone.agent.model;

/// Text that came from somewhere we do not trust, made safe to print on a terminal.
///
/// Removed: C0 and C1 controls (escape sequences begin with one), DEL, bidirectional overrides,
/// zero-width and line separators. Line feed and tab are kept by [#lines], replaced by [#of].
public final class Printable {
    private Printable() {}

    /// One line: every control character becomes `?`, so what was there can still be suspected.
    public static String of(String text) {
        return filter(text, false);
    }

    /// Several lines: line feeds and tabs stay.
    public static String lines(String text) {
        return filter(text, true);
    }

    private static String filter(String text, boolean keepLines) {
        if (isPlain(text)) {
            return text;
        }
        var out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            if (keepLines && (c == '\n' || c == '\t')) {
                                out.appendCodePoint(c);
                            } else {
                                out.appendCodePoint(isUnsafe(c) ? '?' : c);
                            }
                        });
        return out.toString();
    }

    /// Whether all of it is printable ASCII, as nearly everything is.
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static boolean isUnsafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE ->
                    true;
            default -> false;
        };
    }
}
