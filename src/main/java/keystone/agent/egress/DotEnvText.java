package keystone.agent.egress;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.UserError;

/// The text of a `.env` file: `NAME=VALUE` a line, `export` before it, comments, quotes. Nothing is
/// put in from elsewhere and nothing is run; what two readers would understand differently is
/// refused.
final class DotEnvText {
    private static final Pattern NAME =
            Pattern.compile("(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*");
    /// Sets nothing, and says that what was set before is for other programs.
    private static final Pattern EXPORTED =
            Pattern.compile("export(?:[ \t]+[A-Za-z_][A-Za-z0-9_]*)+[ \t]*(?:#.*)?(?=\n|$)");

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern AFTER = Pattern.compile("[ \t]*(?:#.*)?");
    private static final Pattern BARE = Pattern.compile("[^\"'`\\\\$\n]*");

    private final String shown;
    private final String text;
    private final Map<String, String> values = new HashMap<>();
    private int at;
    private int line = 1;

    private DotEnvText(String shown, String text) {
        this.shown = shown;
        this.text = text;
    }

    /// @param shown the file's name, fit to be printed
    /// @throws UserError with the line's number, and nothing of the line
    static Map<String, String> parse(String shown, String text) {
        String unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        var parser = new DotEnvText(shown, unmarked.replace("\r\n", "\n"));
        parser.parse();
        return Map.copyOf(parser.values);
    }

    private void parse() {
        while (at < text.length()) {
            skipBlanks();
            if (at < text.length() && text.charAt(at) != '#' && text.charAt(at) != '\n') {
                assignment();
            }
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end + 1;
            line++;
        }
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void assignment() {
        Matcher name = NAME.matcher(text).region(at, text.length());
        if (!name.lookingAt()) {
            if (EXPORTED.matcher(text).region(at, text.length()).lookingAt()) {
                return;
            }
            throw bad("is not NAME=VALUE");
        }
        at = name.end();
        String value = value();
        if (values.put(name.group(1), value) != null) {
            throw bad("sets a variable for the second time");
        }
    }

    private String value() {
        if (at == text.length()) {
            return "";
        }
        return switch (text.charAt(at)) {
            case '\'' -> quoted('\'');
            case '"' -> quoted('"');
            case '`' -> throw bad("has a value in backquotes, which some would run");
            default -> bare();
        };
    }

    /// Up to a comment, which begins after a blank.
    private String bare() {
        int end = text.indexOf('\n', at);
        String rest = text.substring(at, end < 0 ? text.length() : end);
        String value = rest.replaceFirst("(^|[ \t]+)#.*", "").stripTrailing();
        if (!BARE.matcher(value).matches()) {
            throw bad("has a quote, a `\\` or a `$` in a value without quotes around it");
        }
        at += rest.length();
        return value;
    }

    /// In single quotes everything stands for itself; in double quotes `\` has its usual meaning.
    private String quoted(char quote) {
        var value = new StringBuilder();
        int begin = line;
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                at = i + 1;
                requireNothingMore();
                return value.toString();
            }
            if (c == '\n') {
                line++;
            }
            if (quote == '"' && c == '$') {
                throw bad("puts a value together from others; use single quotes for a plain `$`");
            }
            if (quote == '"' && c == '\\') {
                i++;
                value.append(escaped(i < text.length() ? text.charAt(i) : ' '));
            } else {
                value.append(c);
            }
        }
        line = begin;
        throw bad("begins a quote that never ends");
    }

    private char escaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '"', '\\', '$', '\'' -> c;
            default -> throw bad("has a `\\` before something that has no meaning there");
        };
    }

    private void requireNothingMore() {
        int end = text.indexOf('\n', at);
        String rest = text.substring(at, end < 0 ? text.length() : end);
        if (!AFTER.matcher(rest).matches()) {
            throw bad("goes on after the closing quote");
        }
    }

    private UserError bad(String what) {
        return UserError.failed(
                "line %d of %s %s".formatted(line, shown, what),
                "write it as NAME='VALUE', one variable a line");
    }
}
