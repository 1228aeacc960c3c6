package keystone.agent.egress;

import java.util.List;
import java.util.Set;
import keystone.agent.model.EgressMode;

/// All that a hostile root tries against the exit.
final class ExitAttacks {
    /// Those in which they are tried.
    static final List<EgressMode> MODES = List.of(EgressMode.BALANCED);

    static final List<ExitAttack> ALL =
            List.of(
                    of(
                            "this host's loopback and own addresses through `CONNECT`, in 30 spellings",
                            "loopback_by_connect"),
                    of("the same through plain HTTP", "loopback_by_http"),
                    of("the same through SOCKS", "loopback_by_socks"),
                    of("the same by connections that are redirected", "loopback_by_redirect"),
                    of("TCP and UDP past the exit, with nftables emptied", "past_the_exit"),
                    of("other addresses, routes and gateways", "other_addresses_and_routes"),
                    of(
                            "TCP, UDP, ICMP and IPv6 as frames made by hand, with forged senders",
                            "raw_frames"),
                    of(
                            "what QEMU's own network can serve: DNS, TFTP, SMB, DHCP",
                            "services_of_the_card"),
                    of("a cloud's metadata service, by figures and name", "metadata"),
                    of("names that carry data, asked of every resolver", "names_that_carry_data"),
                    of("URLs that can be read in two ways", "urls_of_two_readings"),
                    of("a second request behind or within the first", "second_requests"),
                    of(
                            "a host with a secret: another name in TLS, in `Host` or in the URL",
                            "secret_by_another_name"),
                    of("a redirect from a host with a secret", "secret_by_redirect"),
                    of(
                            "a secret without TLS, in headers of the tunnel's, to another host",
                            "secret_in_the_open"),
                    of(
                            "a second request behind or within one with a secret",
                            "secret_with_second_requests"));

    /// Of each kind one, always tried.
    static final Set<String> ALWAYS =
            Set.of(
                    "loopback_by_connect",
                    "past_the_exit",
                    "raw_frames",
                    "urls_of_two_readings",
                    "second_requests");

    private ExitAttacks() {}

    private static ExitAttack of(String title, String step) {
        return ExitAttack.of(title, step);
    }
}
