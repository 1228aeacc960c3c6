package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PublicAddressesTest {
    private static final InetAddress OWN = InetAddress.ofLiteral("93.184.216.34");
    private static final InetAddress OWN6 = InetAddress.ofLiteral("2606:4700::1111");

    private final PublicAddresses addresses =
            new PublicAddresses(
                    () ->
                            Stream.concat(PublicAddresses.of(OWN, 29), PublicAddresses.of(OWN6, 64))
                                    .toList());

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, an address of this host",
        "0.255.255.255, an address of this host",
        "10.0.0.0, an address of a private network",
        "10.255.255.255, an address of a private network",
        "100.64.0.1, an address of a provider's inner network",
        "100.127.255.255, an address of a provider's inner network",
        "127.0.0.1, the loopback of this host",
        "127.255.255.254, the loopback of this host",
        "168.63.129.16, a cloud's metadata service",
        "169.254.0.1, a link-local address",
        "169.254.169.254, a cloud's metadata service",
        "172.16.0.1, an address of a private network",
        "172.31.255.255, an address of a private network",
        "192.0.0.192, an address that is reserved for protocols",
        "192.0.2.1, an address for documentation",
        "192.88.99.1, an address that hides another one",
        "192.168.255.255, an address of a private network",
        "198.18.0.1, an address for benchmarks",
        "198.19.255.255, an address for benchmarks",
        "198.51.100.7, an address for documentation",
        "203.0.113.7, an address for documentation",
        "224.0.0.1, a multicast address",
        "239.255.255.255, a multicast address",
        "240.0.0.1, a reserved address",
        "255.255.255.255, a reserved address",
        "::, an address of this host",
        "::1, the loopback of this host",
        "::7f00:1, a reserved address",
        "::ffff:10.0.0.1, an address of a private network",
        "::ffff:0:7f00:1, a reserved address",
        "64:ff9b::7f00:1, the loopback of this host",
        "64:ff9b::a9fe:a9fe, a cloud's metadata service",
        "64:ff9b::c0a8:1, an address of a private network",
        "64:ff9b::5db8:d822, an address of this host",
        "64:ff9b:1::808:808, an address that hides another one",
        "100::1, a reserved address",
        "2001::1, an address that hides another one",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2, an address that hides another one",
        "2001:2::1, an address that is reserved for protocols",
        "2001:20::1, an address that is reserved for protocols",
        "2001:db8::1, an address for documentation",
        "2002:7f00:1::1, an address that hides another one",
        "3fff:fff::1, an address for documentation",
        "5f00::1, a reserved address",
        "4000::1, a reserved address",
        "fc00::1, an address of a private network",
        "fd00:ec2::254, an address of a private network",
        "fe80::1, a link-local address",
        "febf::1, a link-local address",
        "fec0::1, an address of a private network",
        "ff02::1, a multicast address",
        "93.184.216.34, an address of this host",
        "2606:4700::1111, an address of this host",
        "93.184.216.32, an address of a network that this host is in",
        "93.184.216.39, an address of a network that this host is in",
        "2606:4700::2, an address of a network that this host is in",
        "2606:4700::ffff:ffff:ffff:ffff, an address of a network that this host is in",
        "64:ff9b::5db8:d823, an address of a network that this host is in"
    })
    void what_is_not_public_is_named(String address, String what) {
        assertThat(addresses.objection(InetAddress.ofLiteral(address))).contains(what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.1",
                "93.184.216.31",
                "93.184.216.40",
                "2606:4700:0:1::1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "64:ff9b::808:808",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2001:db7::1",
                "2003::1",
                "2a00::1",
                "3ffe::1"
            })
    void the_neighbours_of_what_is_not_public_are(String address) {
        assertThat(addresses.objection(InetAddress.ofLiteral(address))).isEmpty();
    }

    /// As bytes, such an address stays one of IPv6 in other languages.
    @Test
    void a_mapped_address_is_what_it_maps_to() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;

        assertThat(addresses.objection(InetAddress.getByAddress(mapped)))
                .contains("the loopback of this host");
    }

    @Test
    void every_address_of_every_interface_here_is_refused() throws SocketException {
        PublicAddresses here = PublicAddresses.beyondThisHost();

        assertThat(NetworkInterface.networkInterfaces().flatMap(each -> each.inetAddresses()))
                .isNotEmpty()
                .allSatisfy(own -> assertThat(here.objection(own)).isPresent());
    }
}
