package keystone.agent;

import java.util.function.Consumer;
import keystone.agent.cli.UseCases;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.Ports;

/// The use cases of ports, in their own words.
record ForPorts(Ports to) implements UseCases.OfPorts {
    @Override
    public PortsNow now(SandboxName name) throws InterruptedException {
        return to.now(name);
    }

    @Override
    public PortsNow change(SandboxName name, PortsChange change) throws InterruptedException {
        return to.change(name, change);
    }

    @Override
    public void follow(SandboxName name, Consumer<PortsNow> first, Consumer<String> sentences)
            throws InterruptedException {
        to.follow(name, first, sentences);
    }
}
