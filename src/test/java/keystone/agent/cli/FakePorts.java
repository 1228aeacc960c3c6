package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.SandboxName;

/// Ports that are published only in memory, and a record of what was asked.
final class FakePorts implements UseCases.OfPorts {
    final List<String> calls = new ArrayList<>();
    final List<String> sentences = new ArrayList<>();
    PortsNow now = FakeUseCases.PORTS;

    @Override
    public PortsNow now(SandboxName name) {
        return now;
    }

    @Override
    public PortsNow change(SandboxName name, PortsChange change) {
        calls.add(name + " " + change);
        now = new PortsNow(change.of(now.policy()), now.ports(), now.note());
        return now;
    }

    @Override
    public void follow(SandboxName name, Consumer<PortsNow> first, Consumer<String> told) {
        first.accept(now);
        sentences.forEach(told);
    }
}
