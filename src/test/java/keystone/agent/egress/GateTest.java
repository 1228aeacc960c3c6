package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.SandboxName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GateTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    private final ScriptedNames names =
            new ScriptedNames()
                    .with("github.com", "140.82.121.4")
                    .with("example.org", "93.184.216.34", "2606:2800::1")
                    .with("api.example.org", "93.184.216.35")
                    .with("rebind.example.org", "127.0.0.1")
                    .with("lan.example.org", "192.168.1.1", "fd00::1")
                    .with("mixed.example.org", "10.0.0.1", "93.184.216.36", "::1")
                    .with("own.example.org", "185.1.2.3");

    private final PublicAddresses addresses =
            new PublicAddresses(
                    () -> PublicAddresses.of(InetAddress.ofLiteral("185.1.2.3"), 32).toList());

    @Test
    void balanced_allows_what_is_on_its_list_and_says_where_to_connect() throws Exception {
        Verdict verdict = decide(gate(EgressMode.BALANCED), "github.com", 443);

        assertThat(verdict).isEqualTo(direct("the mode balanced", "140.82.121.4", 443));
    }

    @Test
    void balanced_refuses_the_rest_and_names_the_command_that_allows_it() throws Exception {
        Verdict verdict = decide(gate(EgressMode.BALANCED), "example.org", 443);

        assertThat(verdict)
                .isEqualTo(
                        new Verdict.Deny(
                                "example.org is not among the hosts that this sandbox may reach",
                                "keystone-agent net allow example.org --name blue"));
    }

    @Test
    void another_port_has_to_be_allowed_by_number() throws Exception {
        assertThat(decide(gate(EgressMode.BALANCED), "github.com", 8443))
                .isEqualTo(
                        new Verdict.Deny(
                                "port 8443 of github.com is not among what this sandbox may reach",
                                "keystone-agent net allow github.com:8443 --name blue"));
        assertThat(decide(gate(EgressMode.BALANCED), "github.com", 22))
                .isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void who_is_refused_by_name_causes_no_look_up() throws Exception {
        var _ = decide(gate(EgressMode.BALANCED), "stolen-data.example.org", 443);
        var _ = decide(gate(EgressMode.NONE), "stolen-data.example.org", 443);

        assertThat(names.asked).isEmpty();
    }

    @Test
    void none_refuses_everything_whatever_the_rules_say() throws Exception {
        Gate gate = gate(EgressMode.NONE, "+example.org");

        assertThat(decide(gate, "example.org", 443))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.why()).isEqualTo("this sandbox has no network"));
    }

    @Test
    void open_allows_every_public_address_but_not_mail_between_servers() throws Exception {
        Gate gate = gate(EgressMode.OPEN);

        assertThat(decide(gate, "example.org", 5432)).isInstanceOf(Verdict.Allow.class);
        assertThat(decide(gate, "8.8.8.8", 53)).isInstanceOf(Verdict.Allow.class);
        assertThat(decide(gate, "example.org", 25)).isInstanceOf(Verdict.Deny.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = EgressMode.class,
            names = {"BALANCED", "OPEN"})
    void what_a_name_stands_for_decides_not_the_name(EgressMode mode) throws Exception {
        Gate gate = gate(mode, "+*.example.org");

        assertThat(decide(gate, "rebind.example.org", 443))
                .isEqualTo(
                        new Verdict.Deny(
                                "rebind.example.org is at 127.0.0.1, the loopback of this host,"
                                        + " which no sandbox may reach",
                                "nothing opens that: run what you need of it inside the sandbox"));
        assertThat(decide(gate, "lan.example.org", 443)).isInstanceOf(Verdict.Deny.class);
        assertThat(decide(gate, "own.example.org", 443)).isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void of_several_addresses_only_the_public_ones_are_connected_to() throws Exception {
        assertThat(decide(gate(EgressMode.OPEN), "mixed.example.org", 443))
                .isEqualTo(direct("the mode open", "93.184.216.36", 443));
    }

    @Test
    void a_name_is_looked_up_once_for_each_connection() throws Exception {
        var _ = decide(gate(EgressMode.OPEN), "example.org", 443);

        assertThat(names.asked).containsExactly("example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "0x7f.1",
                "2130706433",
                "017700000001",
                "127.1",
                "0",
                "169.254.169.254",
                "10.0.2.2",
                "::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "fe80::1",
                "185.1.2.3"
            })
    void no_figures_lead_to_a_place_that_is_not_public(String figures) throws Exception {
        HostName host = HostName.parse(figures);
        Gate gate = gate(EgressMode.OPEN, "+" + host.authority());

        assertThat(gate.decide(new Target(host, 443), Passage.TUNNEL))
                .isInstanceOf(Verdict.Deny.class);
        assertThat(names.asked).isEmpty();
    }

    @Test
    void a_name_that_nobody_knows_is_no_refusal() throws Exception {
        assertThat(decide(gate(EgressMode.OPEN), "missing.example.org", 443))
                .isEqualTo(
                        new Verdict.Lost(
                                "missing.example.org cannot be reached: this host does not know the name"));
    }

    @Test
    void a_rule_against_an_address_holds_for_names_that_stand_for_it() throws Exception {
        Gate gate = gate(EgressMode.OPEN, "-93.184.216.35");

        assertThat(decide(gate, "api.example.org", 443)).isInstanceOf(Verdict.Deny.class);
        assertThat(decide(gate, "64:ff9b::5db8:d823", 443))
                .as("the same, for a host with NAT64")
                .isInstanceOf(Verdict.Deny.class);
        assertThat(decide(gate, "64:ff9b::5db8:d824", 443)).isInstanceOf(Verdict.Allow.class);
    }

    /// Or somebody would type it, and be refused again.
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "nas.lan", "10.0.0.1", "::1", "169.254.169.254"})
    void what_nothing_opens_is_never_answered_with_a_command(String host) throws Exception {
        assertThat(decide(gate(EgressMode.BALANCED), host, 443))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> {
                            assertThat(deny.why()).endsWith(", which no sandbox may reach");
                            assertThat(deny.fix()).doesNotContain("net allow");
                        });
    }

    /// The point of a fix is that it can be pasted.
    @ParameterizedTest
    @CsvSource({
        "BALANCED, '', example.org, 443",
        "BALANCED, '', example.org, 5432",
        "BALANCED, '', 93.184.216.34, 80",
        "BALANCED, '', 2606:2800::1, 443",
        "BALANCED, '', github.com, 8080",
        "BALANCED, -github.com, github.com, 443",
        "BALANCED, -github.com, github.com, 22",
        "BALANCED, -github.com:443, github.com, 443",
        "BALANCED, -*.example.org, api.example.org, 443",
        "BALANCED, -api.example.org -api.example.org:443, api.example.org, 443",
        "BALANCED, -*.example.org:443 +api.example.org:80, api.example.org, 443",
        "OPEN, '', example.org, 25",
        "OPEN, -example.org, example.org, 443",
        "OPEN, -example.org, example.org, 25",
        "OPEN, -*.example.org:22, api.example.org, 22",
        "OPEN, -93.184.216.35, api.example.org, 443",
        "OPEN, -93.184.216.35:443, api.example.org, 443"
    })
    void the_fix_of_a_refusal_allows_it(EgressMode mode, String rules, String host, int port)
            throws Exception {
        Gate gate = gate(mode, rules.isEmpty() ? new String[0] : rules.split(" ", -1));
        var refused = (Verdict.Deny) decide(gate, host, port);

        String word = refused.fix().split(" ", -1)[3].replace("'", "");
        var rule = new Rule(HostPattern.parse(word), Effect.ALLOW);
        EgressPolicy _ = gate.change(policy -> policy.with(rule));

        assertThat(refused.fix()).endsWith(" --name blue");
        assertThat(decide(gate, host, port)).isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void a_change_holds_at_once() throws Exception {
        Gate gate = gate(EgressMode.OPEN);
        var rule = new Rule(HostPattern.parse("example.org"), Effect.DENY);

        EgressPolicy changed = gate.change(policy -> policy.with(rule));

        assertThat(gate.policy()).isEqualTo(changed);
        assertThat(decide(gate, "example.org", 443)).isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void through_the_hosts_proxy_names_are_not_looked_up_but_figures_are_judged() throws Exception {
        Gate gate =
                gate(
                        EgressMode.OPEN,
                        Map.of(
                                "HTTPS_PROXY",
                                "http://proxy.corp.example:3128",
                                "NO_PROXY",
                                "example.org"));

        assertThat(decide(gate, "missing.example", 443))
                .isInstanceOfSatisfying(
                        Verdict.Allow.class,
                        allow ->
                                assertThat(allow.route())
                                        .isInstanceOf(Verdict.Route.Through.class));
        assertThat(names.asked).isEmpty();
        assertThat(decide(gate, "10.0.0.1", 443)).isInstanceOf(Verdict.Deny.class);
        assertThat(decide(gate, "api.example.org", 443))
                .isEqualTo(direct("the mode open", "93.184.216.35", 443));
    }

    /// It is a way to this host's loopback, and to what is around.
    @Test
    void through_a_proxy_on_this_host_names_go_that_stand_for_nothing_near() throws Exception {
        for (String host : List.of("127.0.0.1", "localhost", "[::1]")) {
            Gate gate = gate(EgressMode.OPEN, Map.of("ALL_PROXY", "http://" + host + ":3128"));

            for (String near : List.of("rebind", "lan", "mixed", "own")) {
                assertThat(decide(gate, near + ".example.org", 5432))
                        .as(near)
                        .isInstanceOf(Verdict.Deny.class);
            }
            for (String name : List.of("api.example.org", "known-to-the-proxy.example")) {
                assertThat(decide(gate, name, 443))
                        .isInstanceOfSatisfying(
                                Verdict.Allow.class,
                                allow ->
                                        assertThat(allow.route())
                                                .isInstanceOf(Verdict.Route.Through.class));
            }
        }
    }

    @Test
    void a_proxy_is_on_this_host_also_when_only_its_name_says_so() throws Exception {
        names.with("laptop.corp.example", "127.0.1.1");
        Gate gate =
                gate(
                        EgressMode.OPEN,
                        Map.of("ALL_PROXY", "http://laptop.corp.example:3128"),
                        "+host.keystone.internal:3128");

        gate.locateProxies();

        assertThat(gate.portsOfThisHost()).contains(3128);
        assertThat(decide(gate, "rebind.example.org", 5432)).isInstanceOf(Verdict.Deny.class);
        assertThat(decide(gate, "host.keystone.internal", 3128)).isInstanceOf(Verdict.Deny.class);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 443",
        "intranet, 443",
        "printer.local, 443",
        "metadata.google.internal, 80",
        "nas.home.arpa, 443",
        "proxy.corp.example, 3128"
    })
    void the_hosts_proxy_is_no_way_into_its_own_network(String host, int port) throws Exception {
        Gate gate = gate(EgressMode.OPEN, Map.of("ALL_PROXY", "http://proxy.corp.example:3128"));

        assertThat(decide(gate, host, port)).isInstanceOf(Verdict.Deny.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "127.0.0.5"})
    void no_rule_opens_the_port_of_the_hosts_own_proxy(String proxy) throws Exception {
        Gate gate =
                gate(
                        EgressMode.OPEN,
                        Map.of("HTTPS_PROXY", "http://" + proxy + ":3128"),
                        "+host.keystone.internal:3128");

        assertThat(decide(gate, "host.keystone.internal", 3128)).isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void a_service_of_this_host_is_reached_by_its_port_alone_and_past_the_hosts_proxy()
            throws Exception {
        Gate gate =
                gate(
                        EgressMode.OPEN,
                        Map.of("ALL_PROXY", "http://127.0.0.1:3128"),
                        "+host.keystone.internal:5432",
                        "+host.keystone.internal:3128",
                        "+*.keystone.internal");

        assertThat(decide(gate, "host.keystone.internal", 5432))
                .isEqualTo(
                        new Verdict.Allow(
                                new Verdict.Route.Direct(
                                        List.of(at("127.0.0.1", 5432), at("::1", 5432))),
                                "the rule host.keystone.internal:5432"));
        assertThat(decide(gate, "host.keystone.internal", 443))
                .isEqualTo(
                        new Verdict.Deny(
                                "port 443 of this host is not among what this sandbox may reach",
                                "keystone-agent net allow --host-port 443 --name blue"));
        assertThat(decide(gate, "host.keystone.internal", 3128)).isInstanceOf(Verdict.Deny.class);
        assertThat(decide(gate, "127.0.0.1", 5432)).isInstanceOf(Verdict.Deny.class);
        assertThat(names.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "BALANCED, github.com, true",
        "BALANCED, example.org, false",
        "BALANCED, db.example.org, true",
        "BALANCED, denied.example.org, false",
        "OPEN, example.org, true",
        "OPEN, denied.example.org, false",
        "OPEN, some.denied.example.org, true",
        "OPEN, printer.local, false",
        "OPEN, printer, false",
        "BALANCED, host.keystone.internal, true",
        "NONE, github.com, false"
    })
    void a_name_may_be_looked_up_when_something_of_it_may_be_reached(
            EgressMode mode, String name, boolean may) {
        Gate gate = gate(mode, "+db.example.org:5432", "-denied.example.org");

        assertThat(gate.refusalOfName(HostName.parse(name)).isEmpty()).isEqualTo(may);
        assertThat(names.asked).isEmpty();
    }

    private static Verdict decide(Gate gate, String host, int port) throws InterruptedException {
        return gate.decide(new Target(HostName.parse(host), port), Passage.TUNNEL);
    }

    private static Verdict direct(String why, String address, int port) {
        return new Verdict.Allow(new Verdict.Route.Direct(List.of(at(address, port))), why);
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private Gate gate(EgressMode mode, String... rules) {
        return gate(mode, Map.of(), rules);
    }

    private Gate gate(EgressMode mode, Map<String, String> environment, String... rules) {
        EgressPolicy policy = EgressPolicy.of(mode);
        for (String rule : rules) {
            Effect effect = rule.startsWith("+") ? Effect.ALLOW : Effect.DENY;
            policy = policy.with(new Rule(HostPattern.parse(rule.substring(1)), effect));
        }
        return new Gate(BLUE, policy, Upstream.from(environment), names, addresses::objection);
    }
}
