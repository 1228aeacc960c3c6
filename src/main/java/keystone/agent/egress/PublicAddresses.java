package keystone.agent.egress;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Knows which addresses a sandbox may reach in no mode at all: this host's own, and everything
/// that is not of the public internet (IANA's registries of special-purpose addresses).
final class PublicAddresses {
    private static final String LOOPBACK = "the loopback of this host";
    private static final String PRIVATE = "an address of a private network";
    private static final String LINK_LOCAL = "a link-local address";
    private static final String MULTICAST = "a multicast address";
    private static final String DOCUMENTATION = "an address for documentation";
    private static final String PROTOCOLS = "an address that is reserved for protocols";
    private static final String RESERVED = "a reserved address";
    private static final String TUNNEL = "an address that hides another one";

    /// The first that contains an address names it.
    private static final List<AddressRange> NEVER =
            List.of(
                    AddressRange.of("0.0.0.0/8", "an address of this host"),
                    AddressRange.of("10.0.0.0/8", PRIVATE),
                    AddressRange.of("100.64.0.0/10", "an address of a provider's inner network"),
                    AddressRange.of("127.0.0.0/8", LOOPBACK),
                    AddressRange.of("169.254.169.254/32", "a cloud's metadata service"),
                    AddressRange.of("169.254.0.0/16", LINK_LOCAL),
                    AddressRange.of("168.63.129.16/32", "a cloud's metadata service"),
                    AddressRange.of("172.16.0.0/12", PRIVATE),
                    AddressRange.of("192.0.0.0/24", PROTOCOLS),
                    AddressRange.of("192.0.2.0/24", DOCUMENTATION),
                    AddressRange.of("192.88.99.0/24", TUNNEL),
                    AddressRange.of("192.168.0.0/16", PRIVATE),
                    AddressRange.of("198.18.0.0/15", "an address for benchmarks"),
                    AddressRange.of("198.51.100.0/24", DOCUMENTATION),
                    AddressRange.of("203.0.113.0/24", DOCUMENTATION),
                    AddressRange.of("224.0.0.0/4", MULTICAST),
                    AddressRange.of("240.0.0.0/4", RESERVED),
                    AddressRange.of("::/128", "an address of this host"),
                    AddressRange.of("::1/128", LOOPBACK),
                    AddressRange.of("fc00::/7", PRIVATE),
                    AddressRange.of("fe80::/10", LINK_LOCAL),
                    AddressRange.of("fec0::/10", PRIVATE),
                    AddressRange.of("ff00::/8", MULTICAST),
                    AddressRange.of("2001::/32", TUNNEL),
                    AddressRange.of("2001::/23", PROTOCOLS),
                    AddressRange.of("2001:db8::/32", DOCUMENTATION),
                    AddressRange.of("2002::/16", TUNNEL),
                    AddressRange.of("3fff::/20", DOCUMENTATION),
                    AddressRange.of("64:ff9b:1::/48", TUNNEL));

    /// On a host that has IPv6 alone, this is how all of IPv4 is reached (RFC 6052).
    private static final AddressRange NAT64 = AddressRange.of("64:ff9b::/96", "");

    /// Of IPv6, nothing else is public.
    private static final AddressRange GLOBAL = AddressRange.of("2000::/3", "");

    /// Where the IPv4 address begins in it.
    private static final int EMBEDDED_AT = 12;

    private static final String OWN = "an address of this host";
    private static final String NEIGHBOUR = "an address of a network that this host is in";

    /// A network that claims to be larger is no neighbourhood.
    private static final int LEAST_BITS = 16;

    private static final int LEAST_BITS_6 = 48;

    private final Supplier<List<AddressRange>> near;

    /// @param near what [#of] says of each of the host's addresses, at the moment
    PublicAddresses(Supplier<List<AddressRange>> near) {
        this.near = near;
    }

    static PublicAddresses beyondThisHost() {
        return new PublicAddresses(PublicAddresses::ofThisHost);
    }

    /// An address of this host, and those that are beside it without a router between: with IPv6
    /// a user's printer has a global address, and the router's firewall does not see who asks.
    ///
    /// @param prefix the bits that the network has in common
    static Stream<AddressRange> of(InetAddress own, int prefix) {
        int all = own.getAddress().length * 8;
        int least = own instanceof Inet6Address ? LEAST_BITS_6 : LEAST_BITS;
        Stream<AddressRange> itself = Stream.of(new AddressRange(own, all, OWN));
        return prefix < least || prefix >= all
                ? itself
                : Stream.concat(itself, Stream.of(new AddressRange(own, prefix, NEIGHBOUR)));
    }

    /// What the address is, when that forbids it.
    Optional<String> objection(InetAddress address) {
        InetAddress reached = behindNat64(address);
        if (!reached.equals(address)) {
            return objection(reached);
        }
        Optional<String> special =
                NEVER.stream()
                        .filter(range -> range.contains(address))
                        .map(AddressRange::what)
                        .findFirst();
        if (special.isPresent()) {
            return special;
        }
        if (address instanceof Inet6Address && !GLOBAL.contains(address)) {
            return Optional.of(RESERVED);
        }
        // Of those that hold, the narrower one says more.
        return near.get().stream()
                .filter(range -> range.contains(address))
                .max(Comparator.comparingInt(AddressRange::bits))
                .map(AddressRange::what);
    }

    /// The address that a host with NAT64 (RFC 6052) reaches by this one; any other is itself.
    static InetAddress behindNat64(InetAddress address) {
        return address instanceof Inet6Address && NAT64.contains(address)
                ? embedded(address)
                : address;
    }

    private static InetAddress embedded(InetAddress address) {
        byte[] bytes = address.getAddress();
        try {
            return Inet4Address.getByAddress(Arrays.copyOfRange(bytes, EMBEDDED_AT, bytes.length));
        } catch (UnknownHostException notFourBytes) {
            throw new IllegalStateException(notFourBytes);
        }
    }

    private static List<AddressRange> ofThisHost() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(each -> each.getInterfaceAddresses().stream())
                    .flatMap(each -> of(each.getAddress(), each.getNetworkPrefixLength()))
                    .toList();
        } catch (SocketException unknown) {
            throw new IllegalStateException("cannot see this host's own addresses", unknown);
        }
    }
}
