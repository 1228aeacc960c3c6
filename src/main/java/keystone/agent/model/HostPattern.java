package keystone.agent.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Hosts that a rule speaks of: `example.org`, `*.example.org` (all below it, not itself), either
/// with a port: `example.org:8443`.
///
/// @param port null where none was named: see [EgressPolicy] for what that means
public record HostPattern(HostName host, Extent extent, @Nullable Integer port) {
    /// Which hosts are meant by a name.
    public enum Extent {
        ITSELF,
        ALL_BELOW
    }

    private static final String BELOW = "*.";
    private static final Pattern FORM =
            Pattern.compile("(?<host>\\[[^\\[\\]]*]|[^\\[\\]:/@]*)(?::(?<port>[^:]*))?");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern URL = Pattern.compile("[a-z+]+://(?:[^/@]*@)?([^/?#]+).*");

    public HostPattern {
        if (port != null && (port < 1 || port > 65535)) {
            throw UserError.usage("there is no port " + port, "use a port from 1 to 65535");
        }
        boolean isAddress = host.address().isPresent();
        if (!isAddress && host.text().indexOf('.') < 0) {
            throw withoutDot(host, extent);
        }
        if (isAddress && extent == Extent.ALL_BELOW) {
            throw UserError.usage("nothing is below the address " + host, "leave out the `*.`");
        }
    }

    private static UserError withoutDot(HostName host, Extent extent) {
        if (host.isLoopback()) {
            return ofThisHost(host);
        }
        return extent == Extent.ITSELF
                ? UserError.usage(
                        "`" + host + "` is not a public name", "give the whole name, with a dot")
                : UserError.usage(
                        "`*." + host + "` would allow a whole top-level domain",
                        "name the domains, or start with --net open");
    }

    /// What is answered to somebody who names this host by an address or name of its loopback: in a
    /// guest those are the guest itself.
    public static UserError ofThisHost(HostName host) {
        return UserError.usage(
                "`" + host + "` is this host, which a guest reaches by port only",
                "keystone-agent net allow --host-port PORT");
    }

    public static HostPattern parse(String text) {
        Matcher url = URL.matcher(text);
        if (url.matches()) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` is a URL, and rules are about hosts",
                    "use " + Printable.of(url.group(1)));
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            // More colons than one: an address without brackets, or nonsense.
            return new HostPattern(HostName.parse(text), Extent.ITSELF, null);
        }
        String host = form.group("host");
        Extent extent = host.startsWith(BELOW) ? Extent.ALL_BELOW : Extent.ITSELF;
        String name = extent == Extent.ALL_BELOW ? host.substring(BELOW.length()) : host;
        return new HostPattern(named(name), extent, port(form.group("port"), text));
    }

    private static HostName named(String text) {
        return HostName.parse(text.startsWith("[") ? text.substring(1, text.length() - 1) : text);
    }

    private static @Nullable Integer port(@Nullable String text, String whole) {
        if (text == null) {
            return null;
        }
        if (!PORT.matcher(text).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(whole) + "` has no port after its colon",
                    "write it like example.org:8443");
        }
        return Integer.valueOf(text);
    }

    /// Whether it speaks of that host, on whatever port.
    public boolean includes(HostName other) {
        return switch (extent) {
            case ITSELF -> host.equals(other);
            case ALL_BELOW -> other.isBelow(host);
        };
    }

    /// Whether it says more exactly than `other` what is meant, where both speak of one host.
    boolean isCloserThan(HostPattern other) {
        if (extent != other.extent) {
            return extent == Extent.ITSELF;
        }
        int longer = Integer.compare(host.text().length(), other.host.text().length());
        return longer != 0 ? longer > 0 : port != null && other.port == null;
    }

    @Override
    public String toString() {
        String name = extent == Extent.ALL_BELOW ? BELOW + host : host.authority();
        return port == null ? name : name + ":" + port;
    }
}
