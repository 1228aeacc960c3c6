package keystone.agent.model;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/// A sandbox's name: `[a-z0-9][a-z0-9-]{0,30}`, safe as a file name, a host name and an ssh alias.
public record SandboxName(String value) implements Comparable<SandboxName> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");
    private static final int LONGEST = 31;

    public SandboxName {
        if (!FORM.matcher(value).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(value) + "` cannot be a sandbox's name",
                    "use 1 to 31 of a-z, 0-9 and -, not starting with -");
        }
    }

    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    /// The name a project gets when nobody chose one: its directory's name, made to fit.
    public static SandboxName forProject(Path project) {
        Path last = project.getFileName();
        String raw = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
        String fitted = raw.replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        return new SandboxName(fitted.isEmpty() ? "project" : shorten(fitted, LONGEST));
    }

    /// The same name with a number at its end, for when the plain one is taken.
    public SandboxName numbered(int number) {
        String suffix = "-" + number;
        return new SandboxName(shorten(value, LONGEST - suffix.length()) + suffix);
    }

    private static String shorten(String text, int length) {
        String cut = text.length() <= length ? text : text.substring(0, length);
        return cut.replaceAll("-+$", "");
    }

    @Override
    public int compareTo(SandboxName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
