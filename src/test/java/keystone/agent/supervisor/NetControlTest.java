package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.egress.Gate;
import keystone.agent.egress.Upstream;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.NetCheck;
import keystone.agent.model.UserError;
import keystone.agent.store.PolicyFormat;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing here is looked up: everything is decided by name or in figures.
final class NetControlTest {
    private static final HostPattern EXAMPLE = HostPattern.parse("*.example.org:8443");

    @TempDir Path home;
    private SandboxDir dir;
    private Gate gate;
    private NetControl control;
    private int changes;

    @BeforeEach
    void open() throws Exception {
        dir = TestSandboxes.blue(home);
        gate = Gate.open(dir.name(), dir.spec().egress(), Upstream.NONE);
        control = new NetControl(dir, () -> gate, () -> changes++);
    }

    @AfterEach
    void close() {
        gate.close();
    }

    @Test
    void a_rule_holds_at_once_and_at_the_next_start() throws Exception {
        EgressPolicy answered = rule("*.Example.org:8443", true, false);

        assertThat(answered.allowed()).containsExactly(EXAMPLE);
        assertThat(gate.policy()).isEqualTo(answered);
        assertThat(dir.spec().egress()).isEqualTo(answered);
        assertThat(changes).as("whoever follows it is told").isEqualTo(1);
    }

    @Test
    void what_is_said_for_once_is_not_written_down_by_what_follows() throws Exception {
        EgressPolicy _ = rule("once.example.org", true, true);
        EgressPolicy now = rule("always.example.org", false, false);

        assertThat(now.allowed()).containsExactly(HostPattern.parse("once.example.org"));
        assertThat(dir.spec().egress().allowed()).isEmpty();
        assertThat(dir.spec().egress().denied())
                .containsExactly(HostPattern.parse("always.example.org"));
        assertThat(PolicyFormat.read(control.request(Methods.NET, Json.object()).asObject()))
                .isEqualTo(now);
    }

    @Test
    void a_denial_closes_what_a_base_url_opens_and_taking_it_back_opens_it() throws Exception {
        var gateway = new HostName("llm.corp.example");
        var bases = BaseUrls.of(Map.of("ANTHROPIC_BASE_URL", "https://llm.corp.example/"));
        gate.opening(bases::opening);
        assertThat(gate.policy().ruleFor(gateway, 443).orElseThrow().effect())
                .isEqualTo(EgressPolicy.Effect.ALLOW);

        for (boolean once : List.of(true, false)) {
            EgressPolicy denied = rule("llm.corp.example", false, once);
            assertThat(denied.ruleFor(gateway, 443).orElseThrow().effect())
                    .isEqualTo(EgressPolicy.Effect.DENY);
            EgressPolicy allowed = rule("llm.corp.example", true, once);
            assertThat(allowed.ruleFor(gateway, 443).orElseThrow().effect())
                    .isEqualTo(EgressPolicy.Effect.ALLOW);
        }

        assertThat(dir.spec().egress().allowed())
                .containsExactly(HostPattern.parse("llm.corp.example"));
    }

    @Test
    void nonsense_changes_nothing() {
        assertThatThrownBy(() -> rule("https://example.org", true, false))
                .isInstanceOf(UserError.class);

        assertThat(gate.policy()).isEqualTo(EgressPolicy.USUAL);
        assertThat(dir.spec().egress()).isEqualTo(EgressPolicy.USUAL);
    }

    @Test
    void a_check_says_what_a_connection_would_hear() throws Exception {
        Json.Obj params = Json.object().with("host", "example.org").with("port", 443);

        NetCheck check = NetChecks.fromJson(control.request(Methods.NET_CHECK, params).asObject());

        assertThat(check)
                .isEqualTo(
                        new NetCheck(
                                NetCheck.Outcome.REFUSED,
                                "example.org is not among the hosts that this sandbox may reach",
                                "keystone-agent net allow example.org --name blue",
                                List.of()));
        assertThat(NetChecks.of(dir.spec(), Map.of(), new HostName("example.org"), 443))
                .isEqualTo(check);
    }

    @Test
    void anything_else_is_no_method() {
        assertThatThrownBy(() -> control.request("net-none", Json.object()))
                .isInstanceOf(RpcError.class);
    }

    private EgressPolicy rule(String host, boolean allow, boolean once) throws Exception {
        Json.Obj params = Json.object().with("host", host).with("allow", allow).with("once", once);
        return PolicyFormat.read(control.request(Methods.NET_RULE, params).asObject());
    }
}
