package keystone.agent.machine.qemu;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import keystone.agent.machine.Machine;
import keystone.agent.machine.MachineDriver;
import keystone.agent.machine.MachineSpec;
import keystone.agent.model.Check;
import keystone.agent.model.Image;
import keystone.agent.process.ConfinementSearch;

/// Runs machines with QEMU, confined, and accelerated where KVM has proven that it works.
public final class QemuDriver implements MachineDriver {
    private final QemuHost host;
    private final Supplier<Optional<Image>> image;

    /// @param cache a private directory, made when missing, for what was found out about the host
    /// @param confinements as whom, and how, QEMU can work
    /// @param image what the next sandbox would boot, if it is there already; for `checks`
    public QemuDriver(Path cache, ConfinementSearch confinements, Supplier<Optional<Image>> image) {
        this.host = new QemuHost(cache, confinements);
        this.image = image;
    }

    @Override
    public List<Check> checks() throws InterruptedException {
        return new QemuChecks(host, image.get()).all();
    }

    @Override
    public Machine define(MachineSpec spec) {
        return new QemuMachine(spec, host);
    }
}
