package keystone.agent.machine.qemu;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.machine.Machine;
import keystone.agent.machine.MachineDriver;
import keystone.agent.machine.MachineSpec;
import keystone.agent.model.Check;
import keystone.agent.process.HostUser;

/// Runs machines with QEMU, confined, and accelerated where KVM has proven that it works.
public final class QemuDriver implements MachineDriver {
    private final QemuHost host;

    /// @param cache a private directory, made when missing, for what was found out about the host
    /// @param user whom this process works as
    public QemuDriver(Path cache, HostUser user) {
        this.host = new QemuHost(cache, user);
    }

    @Override
    public String name() {
        return "qemu";
    }

    @Override
    public List<Check> checks() throws InterruptedException {
        return new QemuChecks(host).all();
    }

    @Override
    public Machine define(MachineSpec spec) {
        return new QemuMachine(spec, host);
    }
}
