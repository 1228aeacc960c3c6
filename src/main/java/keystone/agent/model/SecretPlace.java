package keystone.agent.model;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Where in a request a secret stands. Only there a placeholder is exchanged for it.
public sealed interface SecretPlace {
    /// Such as `Bearer {}`: the secret stands where the braces are.
    String HOLE = "{}";

    /// In a header of its own.
    ///
    /// @param name without regard to case
    /// @param template the whole value, with [#HOLE] in it once
    record Header(String name, String template) implements SecretPlace {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
        private static final Pattern TEXT = Pattern.compile("[ -~]{2,200}");

        /// What says where a message goes, and where it ends.
        private static final Set<String> NOT_THESE =
                Set.of(
                        "host",
                        "connection",
                        "content-length",
                        "expect",
                        "keep-alive",
                        "proxy-authorization",
                        "proxy-connection",
                        "te",
                        "trailer",
                        "transfer-encoding",
                        "upgrade");

        public Header {
            if (!NAME.matcher(name).matches()
                    || NOT_THESE.contains(name.toLowerCase(Locale.ROOT))) {
                throw UserError.usage(
                        "a secret cannot stand in a header named `" + Printable.of(name) + "`",
                        "name one such as Authorization or X-Api-Key");
            }
            int hole = template.indexOf(HOLE);
            if (!TEXT.matcher(template).matches()
                    || hole < 0
                    || template.indexOf(HOLE, hole + 1) >= 0) {
                throw UserError.usage(
                        "the header " + name + " does not say where in it the secret stands",
                        "write {} for the secret, once, such as `Bearer {}`");
            }
        }

        public String before() {
            return template.substring(0, template.indexOf(HOLE));
        }

        public String after() {
            return template.substring(template.indexOf(HOLE) + HOLE.length());
        }
    }

    /// In HTTP's Basic authentication, as the name or as the password (RFC 7617): as git does it.
    record Basic() implements SecretPlace {}

    /// As the value of a parameter after the `?`.
    record Query(String parameter) implements SecretPlace {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

        public Query {
            if (!NAME.matcher(parameter).matches()) {
                throw UserError.usage(
                        "`" + Printable.of(parameter) + "` is not a usual name for a parameter",
                        "use letters, digits, `_`, `.` and `-`");
            }
        }
    }

    static SecretPlace bearer() {
        return new Header("Authorization", "Bearer " + HOLE);
    }

    static SecretPlace header(String name) {
        return new Header(name, HOLE);
    }
}
