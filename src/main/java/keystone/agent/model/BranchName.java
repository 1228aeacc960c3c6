package keystone.agent.model;

import java.util.regex.Pattern;

/// The name of a git branch, without `refs/heads/`, as git-check-ref-format(1) allows it and `git
/// branch` makes it.
public record BranchName(String value) {
    private static final int LONGEST = 200;
    private static final int LONGEST_DIRECTORY = 40;
    private static final int DIGITS = 8;

    /// Controls, a space and what has a meaning to git.
    private static final Pattern FORBIDDEN = Pattern.compile("[\\x00-\\x20\\x7f~^:?*\\[\\\\]");

    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_-]+");

    public BranchName {
        if (!isValid(value)) {
            throw UserError.usage(
                    "`" + Printable.of(value) + "` cannot be the name of a branch",
                    "use a name such as fix/login");
        }
    }

    private static boolean isValid(String name) {
        if (name.isEmpty()
                || name.length() > LONGEST
                || name.startsWith("-")
                || name.endsWith(".")
                || name.equals("@")
                || name.equals("HEAD")
                || name.contains("..")
                || name.contains("@{")
                || FORBIDDEN.matcher(name).find()) {
            return false;
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.startsWith(".") || part.endsWith(".lock")) {
                return false;
            }
        }
        return true;
    }

    /// A name for what belongs to the branch, such as a directory: short, of plain characters, and
    /// different for different branches.
    public String plain() {
        String plain = UNSAFE.matcher(value).replaceAll("-");
        String cut = plain.substring(0, Math.min(LONGEST_DIRECTORY, plain.length()));
        if (cut.equals(value)) {
            return cut;
        }
        String start = cut.startsWith("-") ? "b" + cut : cut;
        return start + "-" + Digest.of(value).hex().substring(0, DIGITS);
    }

    @Override
    public String toString() {
        return value;
    }
}
