package keystone.agent.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Patterns for files and directories of a tree, written as in `.gitignore` (gitignore(5)), but for
/// their order, which says nothing: what an exception (`!`) matches is not meant, wherever the
/// exception stands.
///
/// A pattern without `/` is for a name at any depth, one with `/` for a path from the top. One that
/// ends in `/` is for directories, every other for files and links.
public final class NamePatterns {
    private static final int LONGEST = 256;
    private static final int MOST = 200;

    /// What a pattern is held against.
    public enum Kind {
        FILE,
        DIRECTORY
    }

    /// One of them.
    ///
    /// @param path of one glob that stands for a name at any depth, or from the top
    private record Line(Kind kind, boolean anywhere, List<Glob> path) {
        boolean matches(List<String> names, Kind what) {
            return kind == what
                    && (anywhere
                            ? path.getFirst().matches(names.getLast())
                            : Glob.match(path, names));
        }
    }

    private final List<String> texts;
    private final List<Line> meant = new ArrayList<>();
    private final List<Line> exceptions = new ArrayList<>();

    /// Of what is meant, the last name of each: every name of a tree is held against them.
    private final Glob[] lasts;

    private final boolean mayEndInAny;

    /// @param texts as somebody wrote them
    public NamePatterns(List<String> texts) {
        this.texts = List.copyOf(texts);
        if (texts.size() > MOST) {
            throw UserError.usage(
                    "there are more than %d patterns".formatted(MOST), "say more with fewer");
        }
        for (String text : texts) {
            boolean isException = text.startsWith("!");
            (isException ? exceptions : meant).add(parse(isException ? text.substring(1) : text));
        }
        lasts = meant.stream().map(line -> line.path().getLast()).distinct().toArray(Glob[]::new);
        mayEndInAny = Stream.of(lasts).anyMatch(Glob::isAnyNumber);
    }

    /// These and others.
    public NamePatterns and(NamePatterns others) {
        var all = new ArrayList<>(texts);
        all.addAll(others.texts);
        return new NamePatterns(all);
    }

    public List<String> texts() {
        return texts;
    }

    private static Line parse(String text) {
        Kind kind = text.endsWith("/") ? Kind.DIRECTORY : Kind.FILE;
        String path = kind == Kind.DIRECTORY ? text.substring(0, text.length() - 1) : text;
        boolean anywhere = path.indexOf('/') < 0;
        String relative = path.startsWith("/") ? path.substring(1) : path;
        List<String> names = Arrays.asList(relative.split("/", -1));
        if (text.length() > LONGEST
                || text.codePoints().anyMatch(Character::isISOControl)
                || names.stream().anyMatch(NamePatterns::isNoName)) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` is not a pattern for files",
                    "write a name such as \"*.pem\", or a path such as \"/config/*.key\" or"
                            + " \"secrets/\"");
        }
        return new Line(kind, anywhere, names.stream().map(NamePatterns::glob).toList());
    }

    private static boolean isNoName(String name) {
        return name.isEmpty() || name.equals(".") || name.equals("..");
    }

    /// Globs and names are bytes, each as the character of the same number.
    private static Glob glob(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Glob(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /// Whether a path is meant.
    ///
    /// @param path from the top, its bytes each as the character of the same number
    public boolean include(String path, Kind kind) {
        // Nearly all are not; of these only the last name is looked at.
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!mayInclude(name)) {
            return false;
        }
        List<String> names = List.of(path.split("/", -1));
        return meant.stream().anyMatch(line -> line.matches(names, kind))
                && exceptions.stream().noneMatch(line -> line.matches(names, kind));
    }

    /// Whether there can be a path that is meant and ends in this name.
    public boolean mayInclude(String name) {
        if (mayEndInAny) {
            return true;
        }
        for (Glob last : lasts) {
            if (last.matches(name)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NamePatterns patterns && texts.equals(patterns.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return texts.toString();
    }
}
