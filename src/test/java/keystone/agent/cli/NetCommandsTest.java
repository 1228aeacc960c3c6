package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.json.Json;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.NetCheck;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetCommandsTest {
    private static final int USAGE = 2;

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.use.add(FakeUseCases.running("blue", top));
    }

    @Test
    void a_rule_is_added_and_said() {
        assertThat(desk.run("net", "allow", "Example.org:8443").out())
                .isEqualTo("blue: example.org:8443 is allowed\n");
        assertThat(desk.run("net", "deny", "*.example.net", "--once", "--name", "blue").out())
                .isEqualTo("blue: *.example.net is denied until it stops\n");
        assertThat(desk.use.networks.calls)
                .containsExactly(
                        "ALLOW example.org:8443 blue ALWAYS", "DENY *.example.net blue ONCE");
    }

    @Test
    void a_rule_that_opens_nothing_says_so() {
        desk.use.networks.check =
                new NetCheck(
                        NetCheck.Outcome.REFUSED,
                        "10.0.0.5 is a private address, which no sandbox may reach",
                        null,
                        List.of());

        Outcome outcome = desk.run("net", "allow", "10.0.0.5:5432");

        assertThat(outcome.out()).isEqualTo("blue: 10.0.0.5:5432 is allowed\n");
        assertThat(outcome.err()).contains("this does not help: 10.0.0.5 is a private address");
        assertThat(desk.run("net", "allow", "example.org").err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]:8080", "localhost:8080"})
    void this_hosts_loopback_is_allowed_by_port_only(String host) {
        Outcome outcome = desk.run("net", "allow", host);

        assertThat(outcome.status()).isEqualTo(USAGE);
        assertThat(outcome.err())
                .contains("is this host, which a guest reaches by port only")
                .endsWith("fix:   keystone-agent net allow --host-port PORT\n");
    }

    @Test
    void the_rules_are_listed_with_what_the_mode_allows() {
        Outcome _ = desk.run("net", "allow", "example.org");
        Outcome _ = desk.run("net", "deny", "*.example.net");

        assertThat(desk.run("net", "list").out())
                .isEqualTo(
                        """
                        RULE   HOST           BY
                        allow  example.org    you
                        deny   *.example.net  you
                        allow  github.com     balanced
                        allow  github.com:22  balanced
                        """);
        assertThat(Json.parse(desk.run("net", "list", "--json").out()))
                .isEqualTo(
                        Json.parse(
                                """
                                {"mode": "balanced", "allow": ["example.org"],
                                 "deny": ["*.example.net"],
                                 "byMode": ["github.com", "github.com:22"]}
                                """));
    }

    @ParameterizedTest
    @EnumSource(
            value = EgressMode.class,
            names = {"OPEN", "NONE"})
    void the_other_modes_say_what_they_are_in_a_line(EgressMode mode) {
        desk.use.networks.policy = EgressPolicy.of(mode);

        assertThat(desk.run("net", "list").out())
                .containsAnyOf("every public address  open", "everything  none")
                .doesNotContain("github.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://example.org/", "*", "a b", "", "example.org:http", "a\u001b[2J"})
    void what_is_no_host_is_a_misuse(String host) {
        Outcome outcome = desk.run("net", "allow", host);

        assertThat(outcome.status()).isEqualTo(USAGE);
        assertThat(outcome.err()).contains("error: ", "fix: ").doesNotContain("\u001b");
        assertThat(desk.use.networks.calls).isEmpty();
    }

    @Test
    void a_check_says_why_and_what_to_type_and_its_status_tells() {
        desk.use.networks.check =
                new NetCheck(NetCheck.Outcome.ALLOWED, "the mode open", null, List.of("8.8.8.8"));
        Outcome allowed = desk.run("net", "check", "https://example.org/");
        desk.use.networks.check =
                new NetCheck(NetCheck.Outcome.REFUSED, "not so", "keystone-agent x", List.of());
        Outcome refused = desk.run("net", "check", "example.org:22", "--name", "blue");

        assertThat(allowed.out()).isEqualTo("allowed: the mode open\nto:    8.8.8.8\n");
        assertThat(allowed.status()).isZero();
        assertThat(refused.out()).isEqualTo("refused: not so\nfix:   keystone-agent x\n");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(
                        Json.parse(desk.run("net", "check", "example.org", "--json").out())
                                .asObject()
                                .string("verdict"))
                .isEqualTo("refused");
    }

    @Test
    void the_log_is_a_line_for_each_connection() {
        desk.use.log.addAll(
                List.of(
                        """
                        {"time":"2026-01-02T03:04:05.678Z","how":"connect","host":"example.org",\
                        "port":443,"verdict":"allowed","why":"the mode open","bytesOut":1,\
                        "bytesIn":22,"millis":3}""",
                        """
                        {"time":"2026-01-02T03:04:06Z","how":"http","host":null,"port":null,\
                        "verdict":"malformed","why":"it is","bytesOut":0,"bytesIn":0,"millis":0}""",
                        "{\"cut"));

        assertThat(desk.run("net", "log", "blue").out())
                .isEqualTo(
                        """
                        2026-01-02T03:04:05Z  allowed    example.org:443  1 bytes out, 22 in  (the mode open)
                        2026-01-02T03:04:06Z  malformed  -  0 bytes out, 0 in  (it is)
                        {"cut
                        """);
        assertThat(desk.run("net", "log", "--json").out()).startsWith("{\"time\":");
    }
}
