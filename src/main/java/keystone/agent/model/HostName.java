package keystone.agent.model;

import java.net.IDN;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A host on the network as it is asked for: a DNS name, or an address in figures. Two spellings of
/// one host are equal.
///
/// @param text lower case ASCII without a final dot; an address in its shortest usual form
public record HostName(String text) {
    private static final int LONGEST = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");

    /// A last label like this makes the whole an address in figures, or nothing (URL Standard,
    /// "ends in a number").
    private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*");

    /// What IDNA 2003, which the JDK has, maps to other letters than IDNA 2008, which browsers
    /// have.
    private static final Pattern DEVIATING = Pattern.compile("[\u00df\u03c2\u200c\u200d]");

    private static final Pattern ZEROS = Pattern.compile("(?:^|:)(0(?::0)+)(?:$|:)");

    public HostName {
        if (!canonical(text).equals(text)) {
            throw new IllegalArgumentException("not in its own form: " + Printable.of(text));
        }
    }

    /// Understands any spelling: other scripts, capitals, a final dot, and an address in every form
    /// that a C library takes for one, such as `0x7f.1`.
    ///
    /// @param text an IPv6 address without brackets
    /// @throws UserError when it is none
    public static HostName parse(String text) {
        return new HostName(canonical(text));
    }

    public static HostName of(InetAddress address) {
        return new HostName(figures(address));
    }

    private static String canonical(String text) {
        if (text.indexOf(':') >= 0) {
            return ipv6(text);
        }
        String ascii = ascii(text);
        String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
        if (NUMBER.matcher(name.substring(name.lastIndexOf('.') + 1)).matches()) {
            return ipv4(name, text);
        }
        if (name.length() > LONGEST || !labels(name)) {
            throw nonsense(text);
        }
        return name;
    }

    private static boolean labels(String name) {
        for (String label : name.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return true;
    }

    private static String ascii(String text) {
        if (text.length() > LONGEST + 1 || DEVIATING.matcher(text).find()) {
            throw nonsense(text);
        }
        if (text.codePoints().allMatch(c -> c < 0x80)) {
            return text.toLowerCase(Locale.ROOT);
        }
        try {
            return IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException | IndexOutOfBoundsException notAName) {
            throw nonsense(text);
        }
    }

    private static String ipv4(String name, String text) {
        try {
            return Inet4Address.ofPosixLiteral(name).getHostAddress();
        } catch (IllegalArgumentException notAnAddress) {
            throw nonsense(text);
        }
    }

    private static String ipv6(String text) {
        // A zone names an interface of whoever asks.
        if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            throw nonsense(text);
        }
        try {
            return figures(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException notAnAddress) {
            throw nonsense(text);
        }
    }

    /// RFC 5952 for IPv6.
    private static String figures(InetAddress address) {
        String all = address.getHostAddress().replaceAll("%.*", "");
        if (address instanceof Inet4Address) {
            return all;
        }
        var runs = ZEROS.matcher(all);
        String longest = "";
        int at = 0;
        for (int from = 0; runs.find(from); from = runs.end(1)) {
            if (runs.group(1).length() > longest.length()) {
                longest = runs.group(1);
                at = runs.start(1);
            }
        }
        if (longest.isEmpty()) {
            return all;
        }
        String before = all.substring(0, Math.max(0, at - 1));
        String after = all.substring(Math.min(all.length(), at + longest.length() + 1));
        return before + "::" + after;
    }

    private static UserError nonsense(String text) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return UserError.usage(
                "`" + Printable.of(shown) + "` is not the name or address of a host",
                "write it like example.org, xn--bcher-kva.example or 2606:4700::1111");
    }

    /// Whether it is of the loopback of whoever uses it.
    public boolean isLoopback() {
        return text.equals("localhost")
                || address().filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /// The address, when it is one in figures; nothing is looked up.
    public Optional<InetAddress> address() {
        boolean figures =
                text.indexOf(':') >= 0
                        || NUMBER.matcher(text.substring(text.lastIndexOf('.') + 1)).matches();
        return figures ? Optional.of(InetAddress.ofLiteral(text)) : Optional.empty();
    }

    /// Whether it is a name below `parent`.
    public boolean isBelow(HostName parent) {
        return text.endsWith("." + parent.text) && address().isEmpty();
    }

    /// As it stands before a port: an IPv6 address in brackets.
    public String authority() {
        return text.indexOf(':') >= 0 ? "[" + text + "]" : text;
    }

    @Override
    public String toString() {
        return text;
    }
}
