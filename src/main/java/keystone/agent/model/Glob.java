package keystone.agent.model;

import java.util.List;

/// A pattern of git for one name of a path (gitignore(5)): `*`, `?`, `[a-z]`, and `\` for the next
/// character itself. Names and patterns are bytes, each as the character of the same number.
///
/// Never takes longer than the product of both lengths: an agent writes patterns, too.
public record Glob(String pattern) {
    /// Whether it is a pattern for this name.
    public boolean matches(String name) {
        return endsAlike(name) && matchesWhole(name);
    }

    /// Nearly no name is meant by a pattern, and of most patterns the last character says so.
    private boolean endsAlike(String name) {
        if (pattern.isEmpty() || name.isEmpty()) {
            return true;
        }
        char last = pattern.charAt(pattern.length() - 1);
        return "*?]\\".indexOf(last) >= 0 || last == name.charAt(name.length() - 1);
    }

    private boolean matchesWhole(String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int afterStar = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                afterStar = n;
                continue;
            }
            int next = p < pattern.length() ? one(p, name.charAt(n)) : -1;
            if (next >= 0) {
                p = next;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++afterStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /// Where the pattern goes on when what is at `at` takes the character, else a negative number.
    private int one(int at, char c) {
        return switch (pattern.charAt(at)) {
            case '?' -> at + 1;
            case '[' -> inBrackets(at + 1, c);
            case '\\' -> at + 1 < pattern.length() && pattern.charAt(at + 1) == c ? at + 2 : -1;
            default -> pattern.charAt(at) == c ? at + 1 : -1;
        };
    }

    private int inBrackets(int begin, char c) {
        int at = begin;
        boolean negated = at < pattern.length() && "!^".indexOf(pattern.charAt(at)) >= 0;
        at += negated ? 1 : 0;
        int first = at;
        boolean found = false;
        while (at < pattern.length() && (pattern.charAt(at) != ']' || at == first)) {
            int end = classEnd(at);
            if (end > 0) {
                found |= isOf(pattern.substring(at + 2, end - 2), c);
                at = end;
                continue;
            }
            at = skipEscape(at);
            if (at >= pattern.length()) {
                return -1;
            }
            char low = pattern.charAt(at++);
            char high = low;
            if (at + 1 < pattern.length()
                    && pattern.charAt(at) == '-'
                    && pattern.charAt(at + 1) != ']') {
                at = skipEscape(at + 1);
                if (at >= pattern.length()) {
                    return -1;
                }
                high = pattern.charAt(at++);
            }
            found |= low <= c && c <= high;
        }
        return at < pattern.length() && found != negated ? at + 1 : -1;
    }

    private int skipEscape(int at) {
        return pattern.charAt(at) == '\\' ? at + 1 : at;
    }

    /// Behind a `[:word:]` that begins there; 0 when none does.
    private int classEnd(int at) {
        if (!pattern.startsWith("[:", at)) {
            return 0;
        }
        int end = pattern.indexOf(":]", at + 2);
        return end < 0 ? 0 : end + 2;
    }

    private static boolean isOf(String word, char c) {
        boolean digit = c >= '0' && c <= '9';
        boolean upper = c >= 'A' && c <= 'Z';
        boolean lower = c >= 'a' && c <= 'z';
        return switch (word) {
            case "digit" -> digit;
            case "upper" -> upper;
            case "lower" -> lower;
            case "alpha" -> upper || lower;
            case "alnum" -> upper || lower || digit;
            case "space" -> c == ' ' || (c >= '\t' && c <= '\r');
            case "blank" -> c == ' ' || c == '\t';
            case "cntrl" -> c < ' ' || c == 0x7f;
            case "graph" -> c > ' ' && c < 0x7f;
            case "print" -> c >= ' ' && c < 0x7f;
            case "punct" -> c > ' ' && c < 0x7f && !(upper || lower || digit);
            case "xdigit" -> digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            default -> false;
        };
    }

    /// Whether the names of a path are what the globs say one after the other, of which `**` is any
    /// number of names.
    public static boolean match(List<Glob> globs, List<String> names) {
        int g = 0;
        int n = 0;
        int any = -1;
        int afterAny = 0;
        while (n < names.size()) {
            if (g < globs.size() && globs.get(g).isAnyNumber()) {
                any = g++;
                afterAny = n;
            } else if (g < globs.size() && globs.get(g).matches(names.get(n))) {
                g++;
                n++;
            } else if (any >= 0) {
                g = any + 1;
                n = ++afterAny;
            } else {
                return false;
            }
        }
        while (g < globs.size() && globs.get(g).isAnyNumber()) {
            g++;
        }
        return g == globs.size();
    }

    /// Whether it stands for any number of names.
    public boolean isAnyNumber() {
        return pattern.equals("**");
    }
}
