package keystone.agent.model;

import org.jspecify.annotations.Nullable;

/// A port of a guest's, and where it is on this host at the moment.
///
/// @param host on this host's loopback; null while it is not there
/// @param program as in [GuestListener]
/// @param note what a person should know of it; empty when there is nothing
public record PublishedPort(int guest, @Nullable Integer host, String program, By by, String note) {
    /// Who wanted it.
    public enum By {
        /// It listens, and that is enough.
        ITSELF("auto"),
        /// A person.
        YOU("you");

        private final String word;

        By(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        /// The one of that word; what nobody knows came by itself.
        public static By of(String word) {
            return word.equals(YOU.word) ? YOU : ITSELF;
        }
    }

    /// Where a browser finds it.
    public @Nullable String url() {
        return host == null ? null : "http://127.0.0.1:" + host;
    }

    /// What is to be said when it has come.
    public String arrival(SandboxName sandbox) {
        String more = note.isEmpty() ? "" : ": " + note;
        return "port %d of `%s` is on %s%s".formatted(guest, sandbox, url(), more);
    }

    /// What is to be said when it has gone.
    public String departure(SandboxName sandbox) {
        return "port %d of `%s` is no longer on %s".formatted(guest, sandbox, url());
    }
}
