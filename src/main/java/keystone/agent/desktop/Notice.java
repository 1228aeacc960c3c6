package keystone.agent.desktop;

import java.util.List;
import keystone.agent.model.PlainText;

/// What is to be shown. Whatever it is made of, what it holds is short, and of one line each.
///
/// @param buttons what can be chosen; none when it is only to be read
public record Notice(String summary, String body, List<String> buttons) {
    /// Desktops cut what is longer, each in its own way.
    private static final int LONGEST_SUMMARY = 120;

    private static final int LONGEST_BODY = 500;
    private static final int LONGEST_BUTTON = 40;

    public Notice {
        summary = cut(summary, LONGEST_SUMMARY);
        body = cut(body, LONGEST_BODY);
        buttons = buttons.stream().map(each -> cut(each, LONGEST_BUTTON)).toList();
    }

    private static String cut(String text, int most) {
        // What is far too long is not worth a look at all of it.
        String plain = PlainText.line(text.substring(0, Math.min(text.length(), 10 * most)));
        if (plain.length() <= most) {
            return plain;
        }
        int end = Character.isHighSurrogate(plain.charAt(most - 2)) ? most - 2 : most - 1;
        return plain.substring(0, end) + "…";
    }
}
