package keystone.agent.model;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// What a secret of some kind looks like, so that programs which check the form of their keys take
/// a placeholder for one. It is a property of the kind; no secret has any part in it.
///
/// @param prefix kept as it is
/// @param length of the whole
public record PlaceholderShape(String prefix, int length) {
    /// So much of it must be drawn that nobody guesses it and nothing else looks like it.
    private static final int FEWEST_DRAWN = 24;

    private static final int LONGEST = 512;
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{0,40}");
    private static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public PlaceholderShape {
        if (!PREFIX.matcher(prefix).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(prefix) + "` cannot begin a placeholder",
                    "use letters, digits, `_` and `-`, at most 40");
        }
        if (length < prefix.length() + FEWEST_DRAWN || length > LONGEST) {
            throw UserError.usage(
                    "a placeholder of %d characters is too %s"
                            .formatted(length, length > LONGEST ? "long" : "short"),
                    "use from %d to %d".formatted(prefix.length() + FEWEST_DRAWN, LONGEST));
        }
    }

    /// A new one, of letters and digits that no encoding changes.
    public String draw(RandomGenerator random) {
        var text = new StringBuilder(prefix);
        while (text.length() < length) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /// Whether it could be one of these.
    public boolean fits(String text) {
        return text.length() == length
                && text.startsWith(prefix)
                && text.chars().skip(prefix.length()).allMatch(c -> LETTERS.indexOf(c) >= 0);
    }
}
