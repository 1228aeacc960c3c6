package keystone.agent.git;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The text of a git configuration file, split as git-config(1) says, without running git.
final class ConfigText {
    /// One setting.
    ///
    /// @param key as git shows it: all but a subsection in lower case
    /// @param value empty when there is none, which git takes for true
    record Setting(String key, String value) {}

    /// What git would refuse to read.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(int at) {
            super("at character " + at);
        }
    }

    /// Of settings: whoever reads them may have little memory. Ten thousand branches have fewer.
    static final int MOST = 50_000;

    private static final int END = -1;

    private final String text;
    private final List<Setting> settings = new ArrayList<>();
    private String section = "";
    private int at;

    private ConfigText(String text) {
        this.text = text;
    }

    static List<Setting> parse(String text) throws Malformed {
        String lines = text.startsWith("\ufeff") ? text.substring(1) : text;
        return new ConfigText(lines.replace("\r\n", "\n")).settings();
    }

    private List<Setting> settings() throws Malformed {
        while (true) {
            int c = next();
            if (c == END) {
                return settings;
            }
            if (settings.size() > MOST) {
                throw new Malformed(at);
            }
            if (c == '#' || c == ';') {
                skipLine();
            } else if (c == '[') {
                section = header();
            } else if (Character.isLetter(c)) {
                setting(c);
            } else if (!Character.isWhitespace(c)) {
                throw new Malformed(at);
            }
        }
    }

    private int next() {
        return at < text.length() ? text.charAt(at++) : END;
    }

    private void skipLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    /// After its opening bracket.
    private String header() throws Malformed {
        var name = new StringBuilder();
        int c = next();
        while (isNameCharacter(c) || c == '.') {
            name.append((char) c);
            c = next();
        }
        String plain = name.toString().toLowerCase(Locale.ROOT);
        if (c == ']') {
            return plain;
        }
        while (c == ' ' || c == '\t') {
            c = next();
        }
        String subsection = subsection(c);
        if (next() != ']') {
            throw new Malformed(at);
        }
        return plain + "." + subsection;
    }

    private String subsection(int opening) throws Malformed {
        if (opening != '"') {
            throw new Malformed(at);
        }
        var name = new StringBuilder();
        for (int c = next(); c != '"'; c = next()) {
            int literal = c == '\\' ? next() : c;
            if (literal == END || literal == '\n') {
                throw new Malformed(at);
            }
            name.append((char) literal);
        }
        return name.toString();
    }

    private void setting(int first) throws Malformed {
        var name = new StringBuilder().append((char) first);
        int c = next();
        while (isNameCharacter(c)) {
            name.append((char) c);
            c = next();
        }
        while (c == ' ' || c == '\t') {
            c = next();
        }
        String key = section + "." + name.toString().toLowerCase(Locale.ROOT);
        if (c == '#' || c == ';') {
            skipLine();
            settings.add(new Setting(key, ""));
        } else if (c == '\n' || c == END) {
            settings.add(new Setting(key, ""));
        } else if (c == '=') {
            settings.add(new Setting(key, value()));
        } else {
            throw new Malformed(at);
        }
    }

    private static boolean isNameCharacter(int c) {
        return c != END && (Character.isLetterOrDigit(c) || c == '-');
    }

    /// The rest of a line, or of several that end in a backslash.
    private String value() throws Malformed {
        var value = new StringBuilder();
        boolean quoted = false;
        while (true) {
            int c = next();
            if (c == END || c == '\n') {
                if (quoted) {
                    throw new Malformed(at);
                }
                return value.toString().strip();
            }
            if (!quoted && (c == '#' || c == ';')) {
                skipLine();
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\') {
                value.append(escaped(next()));
            } else {
                value.append((char) c);
            }
        }
    }

    private String escaped(int c) throws Malformed {
        return switch (c) {
            case '\n' -> "";
            case 't' -> "\t";
            case 'b' -> "\b";
            case 'n' -> "\n";
            case '\\', '"' -> Character.toString(c);
            default -> throw new Malformed(at);
        };
    }
}
