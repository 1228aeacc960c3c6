package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installations;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SharedSandbox;
import keystone.agent.it.Wait;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// From inside, with root's means, nothing of the host, its neighbours and the world answers.
@ExtendWith(Installations.class)
class ReachIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /// Asks all of `PROTOCOL ADDRESS PORT …` at once and prints what answered.
    private static final String PROBE =
            """
            import socket, subprocess, sys, threading
            DNS = bytes.fromhex('123401000001000000000000076578616d706c65036f72670000010001')
            def ask(protocol, address, port):
                if protocol == 'icmp':
                    return subprocess.call(['busybox', 'ping', '-c1', '-W4', address],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
                kind = socket.SOCK_STREAM if protocol == 'tcp' else socket.SOCK_DGRAM
                where = socket.getaddrinfo(address, int(port), type=kind)[0]
                with socket.socket(where[0], kind) as s:
                    s.settimeout(5)
                    s.connect(where[4])
                    if protocol == 'tcp':
                        return True
                    s.send(DNS)
                    return len(s.recv(512)) > 0
            def report(probe):
                try:
                    if ask(*probe): print('ANSWERED', *probe, flush=True)
                except OSError: pass
            words = sys.argv[1:]
            probes = [words[i:i + 3] for i in range(0, len(words), 3)]
            threads = [threading.Thread(target=report, args=[p]) for p in probes]
            for t in threads: t.start()
            for t in threads: t.join()
            print('asked', len(probes))
            """;

    private final Sandbox sandbox;
    private Canary canary;

    ReachIT(SharedSandbox shared) {
        sandbox = shared.sandbox();
    }

    /// With the ways out that slirp would have, and without what we set up in the guest: nothing
    /// takes connections elsewhere or refuses them.
    @BeforeEach
    void openTheGuest() throws IOException, InterruptedException {
        canary = new Canary();
        sandbox.says(
                "sudo",
                "sh",
                "-ec",
                """
                nft -s list ruleset >/run/rules
                nft flush ruleset
                ip route replace default via 10.0.2.2
                ip -6 addr replace fec0::15/64 dev eth0 nodad
                ip -6 route replace default via fec0::2
                """);
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        canary.close();
        sandbox.says("sudo", "nft", "-f", "/run/rules");
        sandbox.says("sudo", "ip", "-6", "addr", "del", "fec0::15/64", "dev", "eth0");
    }

    @Test
    void the_canary_and_the_probe_would_notice() throws Exception {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), canary.loopbackPort());
                var _ = new Socket(InetAddress.getLoopbackAddress(), canary.port())) {
            Wait.until("both were seen", LIMIT, () -> canary.visitors().size() == 2);
        }
        assertThat(probe(List.of("tcp 10.0.2.15 22", "icmp 10.0.2.15 0")))
                .contains("ANSWERED tcp 10.0.2.15 22", "ANSWERED icmp 10.0.2.15 0");
    }

    @Test
    void no_service_of_the_host_answers() throws Exception {
        long ssh = sandbox.status().object("ssh").number("port");
        var probes = new ArrayList<String>();
        for (String address : addressesOfTheHost()) {
            for (long port :
                    List.of((long) canary.port(), (long) canary.loopbackPort(), ssh, 22L)) {
                probes.add("tcp " + address + " " + port);
            }
            probes.add("udp " + address + " " + canary.port());
        }

        assertThat(probe(probes)).containsExactly("asked " + probes.size());
        assertThat(canary.visitors()).isEmpty();
    }

    /// 10.0.2.2 is the host in slirp's network, fec0::2 likewise.
    private static List<String> addressesOfTheHost() throws IOException {
        var addresses = new ArrayList<>(List.of("10.0.2.2", "10.0.2.3", "fec0::2", "fec0::3"));
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            for (InetAddress address : each.inetAddresses().toList()) {
                if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                    addresses.add(address.getHostAddress().replaceAll("%.*", ""));
                }
            }
        }
        return addresses;
    }

    @Test
    void nobody_resolves_names_and_nothing_beyond_the_host_answers() throws Exception {
        var probes = new ArrayList<String>();
        for (String resolver : List.of("10.0.2.3", "10.0.2.2", "1.1.1.1", "fec0::3")) {
            probes.add("udp " + resolver + " 53");
            probes.add("tcp " + resolver + " 53");
        }
        probes.addAll(List.of("tcp 169.254.169.254 80", "tcp 1.1.1.1 443", "udp 10.0.2.2 69"));
        // Slirp itself answers pings of its own 10.0.2.2 and 10.0.2.3; the host never hears of
        // them.
        probes.addAll(List.of("icmp 169.254.169.254 0", "icmp 1.1.1.1 0"));
        for (String address : addressesOfTheHost()) {
            if (!address.startsWith("10.0.2.")) {
                probes.add("icmp " + address + " 0");
            }
        }

        assertThat(probe(probes)).containsExactly("asked " + probes.size());
        assertThat(sandbox.executing("getent", "hosts", "example.org").run().status()).isNotZero();
    }

    private List<String> probe(List<String> probes) throws InterruptedException {
        var command = new ArrayList<>(List.of("sudo", "python3", "-"));
        probes.forEach(probe -> command.addAll(List.of(probe.split(" ", -1))));
        Ended ended =
                sandbox.executing(command.toArray(String[]::new))
                        .reading(PROBE)
                        .within(LIMIT)
                        .run()
                        .succeeds();
        return ended.text().lines().toList();
    }
}
