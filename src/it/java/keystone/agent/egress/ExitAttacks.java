package keystone.agent.egress;

import java.util.List;
import java.util.Set;
import keystone.agent.model.EgressMode;

/// All that a hostile root tries against the exit.
final class ExitAttacks {
    /// Those in which they are tried.
    static final List<EgressMode> MODES =
            List.of(EgressMode.BALANCED, EgressMode.OPEN, EgressMode.NONE);

    private static final String EVERYWHERE = "every public host may be reached in that mode";

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
                    of("the same in what connections are asked for", "connections_that_carry_data")
                            .openIn(EgressMode.OPEN, EVERYWHERE),
                    of("public hosts and addresses that nobody allowed", "nobody_allowed_it")
                            .openIn(EgressMode.OPEN, EVERYWHERE),
                    of("other ports of a host that is allowed", "other_port_of_an_allowed_host")
                            .openIn(EgressMode.OPEN, EVERYWHERE),
                    of("mail servers, on port 25", "mail"),
                    of("URLs that can be read in two ways", "urls_of_two_readings"),
                    of(
                            "a `Host` that is not the target, twice, folded",
                            "host_that_is_not_the_target"),
                    of("lines and versions that can be read in two ways", "lines_in_lines"),
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
                            "secret_with_second_requests"),
                    of("heads of megabytes, in one line, in many, without an end", "large_heads"),
                    of(
                            "what the exit does not speak: SOCKS 4, `BIND`, TLS, `TRACE`",
                            "other_protocols"),
                    of("300 connections that say a byte a second", "slow_loris"),
                    of("2000 connections that are cut", "flood"),
                    of("to kill the ssh server that forwards to the exit", "forward_is_killed"),
                    of("to take the exit's port in the guest", "exit_is_impersonated"),
                    of("to kill the resolver and redirector in the guest", "resolver_is_killed"),
                    of("a resolver in its place that says what it likes", "resolver_lies"));

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
