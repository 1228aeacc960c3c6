package keystone.agent.egress;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;

/// A request in a tunnel that ends here, understood in the one way there is.
///
/// @param path what is asked for, with its parameters
record InnerRequest(String method, String path, Framing body, HttpHead head) {
    private static final Pattern START =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) (/[\\x21\\x22\\x24-\\x7e]*|\\*)"
                            + " HTTP/1\\.1");
    /// In ASCII: it is passed on as it stands, and what another letter means is for each reader to
    /// say (a soft hyphen is nothing to IDNA).
    private static final Pattern AUTHORITY =
            Pattern.compile(
                    "(\\[[0-9A-Fa-f:.]+]|[\\x21-\\x7e&&[^\\[\\]:/@?#\\\\]]+)(?::(\\d{1,5}))?");

    /// What must not be said to be between us and the guest alone: without it, a server could see
    /// another end of the body than we do.
    private static final Set<String> NOT_BETWEEN_US =
            Set.of("content-length", "transfer-encoding", "host");

    /// Methods whose answer is the request itself, in its body (RFC 9110, 9.3.8, and an old one).
    private static final Set<String> ECHOES = Set.of("TRACE", "TRACK");

    /// @param target that the tunnel leads to
    /// @param usual the port of a host that is named without one
    static InnerRequest of(HttpHead head, Target target, int usual) throws Malformed {
        Matcher start = START.matcher(head.start());
        if (!start.matches() || start.group(1).equals("CONNECT")) {
            throw new Malformed("this is not a request of HTTP/1.1 to a server");
        }
        if (ECHOES.contains(start.group(1).toUpperCase(Locale.ROOT))) {
            throw new Malformed("it asks for an echo, which would repeat secrets");
        }
        requireSameHost(head, target, usual);
        if (words(head, "connection").anyMatch(NOT_BETWEEN_US::contains)) {
            throw new Malformed("the Connection header names what every server needs");
        }
        return new InnerRequest(start.group(1), start.group(2), Framing.ofRequest(head), head);
    }

    private static void requireSameHost(HttpHead head, Target target, int usual) throws Malformed {
        List<String> hosts = head.values("host");
        if (hosts.size() != 1) {
            throw new Malformed("there is not exactly one Host header");
        }
        Matcher parts = AUTHORITY.matcher(hosts.getFirst());
        if (!parts.matches() || !target.equals(target(parts, usual))) {
            throw new Malformed(
                    MISDIRECTED, "the Host header names another host than the tunnel was made to");
        }
    }

    /// @param wanted what TLS was begun for; empty when it was not said
    static void requireSameName(Optional<String> wanted, Target target) throws Malformed {
        if (wanted.isPresent() && !wanted.get().equalsIgnoreCase(target.host().text())) {
            throw new Malformed(
                    MISDIRECTED, "TLS was begun for another host than the tunnel was made to");
        }
    }

    /// RFC 9110, 15.5.20.
    static final int MISDIRECTED = 421;

    private static Target target(Matcher parts, int usual) throws Malformed {
        try {
            return new Target(
                    HostName.parse(parts.group(1).replaceAll("[\\[\\]]", "")),
                    parts.group(2) == null ? usual : Integer.parseInt(parts.group(2)));
        } catch (UserError noHost) {
            throw new Malformed("the Host header names no host");
        }
    }

    /// The words of a list in a header, in small letters.
    static Stream<String> words(HttpHead head, String name) {
        return head.values(name).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(word -> word.strip().toLowerCase(Locale.ROOT));
    }

    boolean isLast() {
        return words(head, "connection").anyMatch("close"::equals);
    }

    boolean asksForUpgrade() {
        return words(head, "connection").anyMatch("upgrade"::equals)
                && !head.values("upgrade").isEmpty();
    }

    /// Not the head: it may have a secret in it by now.
    @Override
    public String toString() {
        return "InnerRequest[" + method + "]";
    }
}
