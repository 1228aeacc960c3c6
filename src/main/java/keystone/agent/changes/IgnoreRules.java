package keystone.agent.changes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import keystone.agent.model.Glob;
import org.jspecify.annotations.Nullable;

/// What one `.gitignore` says (gitignore(5)). It may be an agent's: nothing is run for it, and it
/// cannot take long.
///
/// @param lines in reverse order: the last one that matches decides
record IgnoreRules(List<Line> lines) {
    static final IgnoreRules NONE = new IgnoreRules(List.of());

    /// More than any project has.
    private static final int MOST = 2_000;

    /// What a line, and a name in it, take in memory beside their characters.
    private static final int BYTES_OF_LINE = 64;

    private static final int BYTES_OF_GLOB = 72;

    private static final Glob ANY_DEPTH = new Glob("**");

    /// What a line says of the paths that it matches.
    enum Verdict {
        IGNORED,
        KEPT
    }

    enum Kind {
        ANYTHING,
        DIRECTORY
    }

    record Line(List<Glob> globs, Kind kind, Verdict verdict) {
        Line {
            globs = List.copyOf(globs);
        }

        boolean matches(List<String> names, Kind what) {
            return (kind == Kind.ANYTHING || what == Kind.DIRECTORY) && Glob.match(globs, names);
        }
    }

    IgnoreRules {
        lines = List.copyOf(lines);
    }

    /// About how much memory they take, in bytes.
    long weight() {
        long weight = 0;
        for (Line line : lines) {
            weight += BYTES_OF_LINE;
            for (Glob glob : line.globs()) {
                weight += BYTES_OF_GLOB + glob.pattern().length();
            }
        }
        return weight;
    }

    /// @param text each byte as the character of the same number
    static IgnoreRules parse(String text) {
        var lines = new ArrayList<Line>();
        for (String each : text.split("\n", -1)) {
            Line line = line(each.endsWith("\r") ? each.substring(0, each.length() - 1) : each);
            if (line != null && lines.size() < MOST) {
                lines.addFirst(line);
            }
        }
        return lines.isEmpty() ? NONE : new IgnoreRules(lines);
    }

    private static @Nullable Line line(String text) {
        String rest = withoutBlanksAtTheEnd(text);
        if (rest.startsWith("#")) {
            return null;
        }
        boolean kept = rest.startsWith("!");
        rest = kept ? rest.substring(1) : rest;
        boolean directory = rest.endsWith("/");
        rest = directory ? rest.substring(0, rest.length() - 1) : rest;
        if (rest.isEmpty()) {
            return null;
        }
        return new Line(
                globs(rest),
                directory ? Kind.DIRECTORY : Kind.ANYTHING,
                kept ? Verdict.KEPT : Verdict.IGNORED);
    }

    private static String withoutBlanksAtTheEnd(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ' && !isEscaped(text, end - 1)) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean isEscaped(String text, int at) {
        int backslashes = 0;
        while (at > backslashes && text.charAt(at - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    /// A pattern without a slash is of entries at every depth; `/**` at the end is of everything
    /// inside, so of at least one name.
    private static List<Glob> globs(String pattern) {
        var globs = new ArrayList<Glob>();
        if (pattern.indexOf('/') < 0) {
            globs.add(ANY_DEPTH);
        }
        String relative = pattern.startsWith("/") ? pattern.substring(1) : pattern;
        Arrays.stream(relative.split("/", -1)).map(Glob::new).forEach(globs::add);
        if (pattern.indexOf('/') < 0 && globs.getLast().isAnyNumber()) {
            globs.set(globs.size() - 1, new Glob("*"));
        } else if (globs.getLast().isAnyNumber()) {
            globs.add(new Glob("*"));
        }
        return globs;
    }

    /// Null when no line matches, so that the rules above decide.
    ///
    /// @param names of the path from the directory that has these rules
    @Nullable Verdict of(List<String> names, Kind what) {
        for (Line line : lines) {
            if (line.matches(names, what)) {
                return line.verdict();
            }
        }
        return null;
    }
}
