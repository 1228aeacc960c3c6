package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// A real guest, its real tools, and its one way out. The internet is a proxy of the test's, which
/// the installation has as this host's own: nothing here asks for anything beyond this host.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EgressIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// No judgement of how fast it is: a guest under emulation on a busy host is not.
    private static final Duration EVER = Duration.ofMinutes(5);
    /// The program in the guest that serves those who know no proxy.
    private static final String REDIRECTOR = "^python3 .*/redirect.py";

    /// Opens a hundred connections, then asks on each, then reads from each.
    private static final String HUNDRED =
            """
            import socket
            all = []
            for i in range(100):
                s = socket.create_connection(('127.0.0.1', 3128), timeout=240)
                s.sendall(b'CONNECT github.com:443 HTTP/1.1\\r\\n\\r\\n')
                all.append(s)
            for s in all:
                assert s.recv(4096).startswith(b'HTTP/1.1 200 ')
            for i, s in enumerate(all):
                s.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')
            print(sum(s.makefile('rb').read().endswith(b'CONNECT github.com:443\\n') for s in all))
            """;

    private World world;
    private Installation home;
    private Project project;
    private Sandbox sandbox;

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        this.home = home;
        world = World.open();
        project = home.project("exit");
        Ended _ = starting("--name", "exit").succeeds();
        sandbox = home.sandbox("exit", project);
    }

    private Ended starting(String... flags) throws InterruptedException {
        return home.starting(project, flags)
                .with("http_proxy", world.proxy())
                .with("https_proxy", world.proxy())
                .with("no_proxy", null)
                .run();
    }

    @AfterAll
    void close() throws IOException {
        world.close();
    }

    @Test
    void what_is_allowed_is_reached_by_every_protocol_and_by_root() throws Exception {
        assertThat(sandbox.says("curl", "-sS", "http://codeberg.org/a?b"))
                .isEqualTo("GET http://codeberg.org/a?b");
        assertThat(sandbox.says("sudo", "curl", "-sS", "http://codeberg.org/root"))
                .isEqualTo("GET http://codeberg.org/root");
        assertThat(sandbox.says("curl", "-sS", "--proxytunnel", "http://github.com:443/"))
                .isEqualTo("CONNECT github.com:443");
        assertThat(
                        sandbox.says(
                                "curl",
                                "-sS",
                                "--socks5-hostname",
                                "127.0.0.1:3128",
                                "http://github.com:22/"))
                .isEqualTo("CONNECT github.com:22");
    }

    /// What they are answered is nothing that they can use; they have asked all the same.
    @Test
    void package_managers_and_git_find_the_way() throws Exception {
        String apt =
                """
                echo deb http://codeberg.org/debian stable main >/tmp/list
                apt-get -q -o Dir::Etc::SourceList=/tmp/list -o Dir::Etc::SourceParts=- update
                """;
        Ended _ = sandbox.executing("sudo", "sh", "-c", apt).within(LIMIT).run();
        Ended _ = sandbox.executing("git", "ls-remote", "https://codeberg.org/a/b").run();

        assertThat(world.asked())
                .anyMatch(each -> each.matches("GET http://codeberg.org/.*InRelease"))
                .contains("CONNECT codeberg.org:443");
    }

    @Test
    void what_is_not_allowed_is_refused_with_the_command_that_allows_it() throws Exception {
        Ended plain = sandbox.executing("curl", "-sS", "http://example.org/").run();
        Ended tunnel = sandbox.executing("curl", "-sSv", "https://example.org/").run();

        assertThat(plain.text())
                .isEqualTo(
                        """
                        error: example.org is not among the hosts that this sandbox may reach
                        fix:   keystone-agent net allow example.org --name exit""");
        assertThat(tunnel.status()).isEqualTo(56);
        assertThat(tunnel.errors()).contains("keystone-agent net allow example.org --name exit");
        assertThat(world.asked()).noneMatch(each -> each.contains("example.org"));
    }

    @Test
    void a_rule_holds_at_once_and_is_written_down() throws Exception {
        String fix = "http://allowed.example.com/";
        assertThat(sandbox.says("curl", "-sS", fix)).startsWith("error: ");

        Ended allowed = net("allow", "allowed.example.com", "--name", "exit").succeeds();
        assertThat(allowed.text()).isEqualTo("exit: allowed.example.com is allowed");
        assertThat(sandbox.says("curl", "-sS", fix)).isEqualTo("GET " + fix);
        assertThat(sandbox.dir().spec().egress().allowed())
                .map(Object::toString)
                .as("beside what another test has allowed, in whatever order they run")
                .contains("allowed.example.com")
                .doesNotContain("*.example.com");

        Ended _ = net("deny", "*.example.com", "--once", "--name", "exit").succeeds();
        Json.Obj check =
                net("check", "https://www.example.com", "--name", "exit", "--json").object();
        assertThat(check.string("why")).contains("denied by the rule *.example.com");
        assertThat(sandbox.dir().spec().egress().denied()).isEmpty();
        assertThat(sandbox.says("curl", "-sS", fix)).isEqualTo("GET " + fix);
    }

    private Ended net(String... arguments) throws InterruptedException {
        var all = new ArrayList<>(List.of("net"));
        all.addAll(List.of(arguments));
        return home.keystone(all.toArray(String[]::new)).run();
    }

    @Test
    void this_host_is_reached_by_no_name_and_no_figures() throws Exception {
        for (String host : List.of("127.0.0.1", "0x7f.1", "localhost", "[::1]", "10.0.2.2")) {
            Ended answer =
                    sandbox.executing(
                                    "curl",
                                    "-sS",
                                    "--noproxy",
                                    "",
                                    "-x",
                                    "http://127.0.0.1:3128",
                                    "http://" + host + ":" + world.port() + "/")
                            .run();
            assertThat(answer.text()).as(host).startsWith("error: ");
        }
        assertThat(world.asked()).noneMatch(each -> each.contains(":" + world.port()));
    }

    @Test
    void a_hundred_at_once_are_served() throws Exception {
        Ended ended = sandbox.executing("python3", "-").reading(HUNDRED).within(EVER).run();

        assertThat(ended.succeeds().text()).isEqualTo("100");
        assertThat(world.mostAtOnce()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void the_way_out_is_made_again_when_its_connection_dies() throws Exception {
        Kernel.Seen forward = forward();

        Kernel.kill(forward.pid());

        Wait.until("there is another one", LIMIT, () -> isForwardedAnew(forward.pid()));
        assertThat(
                        sandbox.says(
                                "curl",
                                "-sS",
                                "--retry-connrefused",
                                "--retry",
                                "5",
                                "http://codeberg.org/"))
                .isEqualTo("GET http://codeberg.org/");
    }

    private Kernel.Seen forward() {
        return sandbox.processes().stream()
                .filter(each -> each.commandLine().contains("p.sock"))
                .filter(each -> Kernel.program(each.pid()).endsWith("/ssh"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(home.diagnosis()));
    }

    private boolean isForwardedAnew(long before) {
        try {
            return forward().pid() != before && !netReason().contains("no way");
        } catch (AssertionError notYet) {
            return false;
        }
    }

    @Test
    void programs_that_know_no_proxy_get_there() throws Exception {
        assertThat(sandbox.says("env", "-i", "curl", "-sS", "http://codeberg.org/"))
                .isEqualTo("CONNECT codeberg.org:80");
        assertThat(sandbox.says("env", "-i", "getent", "hosts", "GitHub.com"))
                .matches("(?i)198\\.18\\.\\d+\\.\\d+ +github.com");

        Probes got = Probes.in(sandbox, "http:codeberg.org:80", "http:github.com:443");

        assertThat(got.text("http:codeberg.org:80")).endsWith("|CONNECT codeberg.org:80|");
        assertThat(got.text("http:github.com:443")).endsWith("|CONNECT github.com:443|");
    }

    @Test
    void what_programs_that_know_no_proxy_may_not_fails_at_once() throws Exception {
        Probes got =
                Probes.in(
                        sandbox,
                        "name:refused.example.org:0",
                        "name:printer.local:0",
                        "tcp:github.com:4444",
                        "tcp:93.184.216.34:443",
                        "http:93.184.216.34:80",
                        "tcp:10.0.2.2:22",
                        "udp:93.184.216.34:123",
                        "udp:8.8.8.8:443",
                        "icmp:8.8.8.8:0",
                        "tcp:2606:4700::1111:443");

        got.fails("name:refused.example.org:0", "gaierror: .*not known");
        got.fails("name:printer.local:0", "gaierror: .*not known");
        got.fails("tcp:github.com:4444", "ConnectionResetError: .*");
        got.fails("tcp:93.184.216.34:443", "ConnectionResetError: .*");
        got.fails(
                "http:93.184.216.34:80",
                "HTTP/1.1 403 .*fix:   keystone-agent net allow 93.184.216.34 --name exit.*");
        got.fails("tcp:10.0.2.2:22", "ConnectionResetError: .*");
        got.fails("udp:93.184.216.34:123", "PermissionError: .*");
        got.fails("udp:8.8.8.8:443", "PermissionError: .*");
        got.fails("icmp:8.8.8.8:0", "PermissionError: .*");
        got.fails("tcp:2606:4700::1111:443", "OSError: .*unreachable");
        assertThat(net("log", "exit").succeeds().text().lines().toList())
                .anyMatch(each -> each.matches(".* refused +refused.example.org .*not among.*"))
                .anyMatch(each -> each.matches(".* refused +github.com:4444 .*"));
    }

    @Test
    void a_service_of_this_host_is_reached_once_its_port_is_allowed_and_no_other()
            throws Exception {
        try (var allowed = HostService.onLoopback("the one");
                var other = HostService.onLoopback("the other")) {
            String probe = "echo:host.keystone.internal:" + allowed.port();
            String another = "tcp:host.keystone.internal:" + other.port();
            Probes.in(sandbox, probe).fails(probe, "ConnectionResetError: .*");

            Ended told =
                    net("allow", "--host-port", "" + allowed.port(), "--name", "exit").succeeds();

            assertThat(told.text())
                    .isEqualTo("exit: host.keystone.internal:%d is allowed", allowed.port());
            Probes now = Probes.in(sandbox, probe, another);
            assertThat(now.text(probe)).isEqualTo("the one heard hello");
            now.fails(another, "ConnectionResetError: .*");
            assertThat(other.heard()).isEmpty();
            assertThat(sandbox.dir().spec().egress().allowed())
                    .map(Object::toString)
                    .contains("host.keystone.internal:" + allowed.port());
        }
    }

    @Test
    void what_serves_programs_without_a_proxy_comes_again_when_it_is_killed() throws Exception {
        String before = sandbox.says("pgrep", "-f", REDIRECTOR);

        Ended _ = sandbox.executing("sudo", "pkill", "-KILL", "-f", REDIRECTOR).run().succeeds();

        Wait.until("there is another one", LIMIT, () -> isThereOtherThan(before));
        Wait.until("it serves", LIMIT, () -> !netReason().contains("know no proxy"));
        assertThat(sandbox.says("env", "-i", "curl", "-sS", "http://codeberg.org/"))
                .isEqualTo("CONNECT codeberg.org:80");
    }

    private boolean isThereOtherThan(String before) {
        try {
            Ended now = sandbox.executing("pgrep", "-f", REDIRECTOR).run();
            return now.status() == 0 && !now.text().equals(before);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    private String netReason() {
        try {
            return sandbox.status().string("netReason");
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    @Test
    void the_log_and_the_status_tell() throws Exception {
        String _ = sandbox.says("curl", "-sS", "http://gitlab.com/secret-path");
        String _ = sandbox.says("curl", "-sS", "http://refused.example.net/secret-path");

        List<String> lines = net("log", "exit").succeeds().text().lines().toList();
        assertThat(lines).anyMatch(each -> each.matches(".* allowed +gitlab.com:80 .*"));
        assertThat(lines).anyMatch(each -> each.matches(".* refused +refused.example.net:80 .*"));
        assertThat(lines).noneMatch(each -> each.contains("secret"));
        assertThat(sandbox.status().string("net")).isEqualTo("balanced");
        assertThat(sandbox.status().string("netReason")).startsWith("through this host's proxy, ");
        assertThat(sandbox.status().number("sessions")).isZero();
    }

    @Test
    void the_password_of_the_hosts_proxy_is_nowhere_in_the_guest() throws Exception {
        assertThat(
                        sandbox.says(
                                "sudo",
                                "sh",
                                "-c",
                                "cat /proc/[0-9]*/environ /run/keystone/env.sh"))
                .contains("http://127.0.0.1:3128")
                .doesNotContain("hunter2");
    }

    @Test
    void with_none_there_is_no_proxy_at_all() throws Exception {
        Project other = home.project("none");
        Ended _ = home.starting(other, "--name", "none", "--net", "none").run().succeeds();
        Sandbox none = home.sandbox("none", other);

        assertThat(none.says("sh", "-c", "env | grep -i proxy; ss -Hltn | grep -c 3128; true"))
                .isEqualTo("0");
        assertThat(none.dir().run().proxySocket()).doesNotExist();
        Probes.in(none, "udp:8.8.8.8:53").fails("udp:8.8.8.8:53", "OSError: .*unreachable");
        assertThat(none.status().string("net")).isEqualTo("none");
        assertThat(net("allow", "example.org", "--name", "none").errors())
                .contains("`none` runs without a network");
    }
}
