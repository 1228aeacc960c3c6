package keystone.agent.model;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A secret that a guest may use but not see: what it is called, where the host reads it, and where
/// it may go. Never the value.
///
/// @param sources the first that has it counts
/// @param encoding of what the sources hold
/// @param hosts that it may go to, over TLS; without a port, they mean 443
/// @param places where in a request it may stand
/// @param also a header that goes along with it; null is none
/// @param shape of the placeholder that the guest holds
public record SecretRef(
        SecretName name,
        List<SecretSource> sources,
        Encoding encoding,
        List<HostPattern> hosts,
        List<SecretPlace> places,
        @Nullable Companion also,
        PlaceholderShape shape) {
    private static final int TLS = 443;
    private static final int MOST = 32;

    /// How a source holds it.
    public enum Encoding {
        PLAIN,
        BASE64
    }

    /// A word that a header's list must have where the secret is.
    public record Companion(String header, String word) {
        private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,80}");

        public Companion {
            var _ = new SecretPlace.Header(header, SecretPlace.HOLE);
            if (!WORD.matcher(word).matches()) {
                throw UserError.usage(
                        "`" + Printable.of(word) + "` is not a word for the header " + header,
                        "use letters, digits, `.`, `_` and `-`");
            }
        }
    }

    public SecretRef {
        sources = List.copyOf(sources);
        hosts = List.copyOf(hosts);
        places = List.copyOf(places);
        require(!sources.isEmpty(), name, "no source", "say where it is read");
        require(
                !hosts.isEmpty(),
                name,
                "no host that it may go to",
                "name at least one, such as api.example.org");
        require(
                !places.isEmpty(),
                name,
                "no place in a request",
                "say how it is added: a header, Basic or a parameter");
        require(
                sources.size() <= MOST && hosts.size() <= MOST && places.size() <= MOST,
                name,
                "too many sources, hosts or places",
                "keep each below " + MOST);
    }

    private static void require(boolean holds, SecretName name, String what, String fix) {
        if (!holds) {
            throw UserError.usage("the secret " + name + " has " + what, fix);
        }
    }

    /// Whether it may go there.
    public boolean mayGoTo(HostName host, int port) {
        return hosts.stream().anyMatch(each -> portOf(each) == port && each.includes(host));
    }

    private static int portOf(HostPattern pattern) {
        Integer named = pattern.port();
        return named == null ? TLS : named;
    }

    /// This secret, for other hosts.
    public SecretRef to(List<HostPattern> others) {
        return new SecretRef(name, sources, encoding, others, places, also, shape);
    }
}
