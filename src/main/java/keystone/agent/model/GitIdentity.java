package keystone.agent.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who makes commits, as git knows them.
public record GitIdentity(Person author, Person committer) {
    private static final int LONGEST = 1000;

    /// A name and an address, in any characters but NUL, `<` and `>`; of line ends git makes
    /// nothing.
    public record Person(String name, String email) {
        private static final Pattern FORM =
                Pattern.compile("\\s*([^<>]*[^<>\\s])\\s*<([^<>]*)>\\s*");

        public Person {
            requireFit("name", name);
            requireFit("address", email);
        }

        /// Reads `NAME <EMAIL>`.
        public static Person parse(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw UserError.usage(
                        "`" + Printable.of(text) + "` is not a name and an address",
                        "write it as: Ada Lovelace <ada@example.org>");
            }
            return new Person(form.group(1), form.group(2));
        }

        private static void requireFit(String what, String text) {
            boolean isFit = text.chars().noneMatch(each -> each == 0 || each == '<' || each == '>');
            if (text.isBlank() || text.length() > LONGEST || !isFit) {
                throw UserError.usage(
                        "`" + Printable.of(text) + "` cannot be the " + what + " of who commits",
                        "give one without < and >, of at most " + LONGEST + " characters");
            }
        }

        /// As git writes it.
        @Override
        public String toString() {
            return name + " <" + email + ">";
        }
    }

    /// One person is author and committer.
    public static GitIdentity of(Person person) {
        return new GitIdentity(person, person);
    }

    /// The author, and the committer where that is somebody else.
    @Override
    public String toString() {
        return author + (committer.equals(author) ? "" : ", committed by " + committer);
    }
}
