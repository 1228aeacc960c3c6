package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostPattern;
import keystone.agent.model.MaskRules;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.Test;

final class BootOrderTest {
    private static final HostPattern HOST = HostPattern.parse("gw.example.org");

    private final SandboxSpec read =
            TestSandboxes.spec(new SandboxName("blue"), Path.of("/src/blue"));

    @Test
    void what_was_said_of_single_hosts_and_ports_while_a_start_began_holds() {
        SandboxSpec meanwhile =
                read.with(EgressPolicy.USUAL.with(new Rule(HOST, Effect.DENY)))
                        .with(PortsPolicy.USUAL.without(3000));

        SandboxSpec starts = order(read).over(meanwhile).spec();

        assertThat(starts.egress().denied()).containsExactly(HOST);
        assertThat(starts.ports().withheld()).containsExactly(3000);
    }

    @Test
    void what_the_start_itself_asks_for_holds_too() {
        SandboxSpec asked =
                read.with(EgressPolicy.USUAL.with(EgressMode.OPEN))
                        .with(PortsPolicy.of(AutoPorts.NONE));

        assertThat(order(asked).over(read).spec()).isEqualTo(asked);
    }

    private static BootOrder order(SandboxSpec spec) {
        return new BootOrder(
                spec,
                BootOrder.Disk.KEEP,
                Map.of(),
                Map.of(),
                null,
                SecretOrder.NONE,
                MaskRules.NONE);
    }
}
