package keystone.agent.machine.qemu;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.machine.Acceleration;
import keystone.agent.machine.Machine;
import keystone.agent.machine.MachineSpec;
import keystone.agent.machine.Pausable;
import keystone.agent.model.Image;
import keystone.agent.model.Owner;
import org.jspecify.annotations.Nullable;

/// A machine that QEMU runs.
final class QemuMachine implements Machine, Pausable {
    private final MachineSpec spec;
    private final QemuHost host;
    private volatile @Nullable Booted booted;

    QemuMachine(MachineSpec spec, QemuHost host) {
        this.spec = spec;
        this.host = host;
    }

    private record Booted(RunningQemu qemu, Accelerator.Choice choice) {}

    @Override
    public void boot(Listener listener) throws InterruptedException {
        if (booted != null) {
            throw new IllegalStateException("a machine boots once");
        }
        Optional<Image> image =
                spec.image() instanceof Image ours ? Optional.of(ours) : Optional.empty();
        Accelerator accelerator = host.accelerator(image);
        Accelerator.Choice choice = accelerator.choose(host.confinement(spec.owner()));
        var launch =
                new Launch(
                        spec,
                        host.program(),
                        choice.confinement(),
                        choice.acceleration().kind(),
                        host.user());
        booted = new Booted(launch.run(listener), choice);
    }

    private Booted booted() {
        Booted now = booted;
        if (now == null) {
            throw new IllegalStateException("the machine has not booted");
        }
        return now;
    }

    @Override
    public Owner shownOwner() throws InterruptedException {
        return host.confinement(spec.owner()).ownerInside();
    }

    @Override
    public int sshPort() {
        return booted().qemu().port();
    }

    @Override
    public long pid() {
        return booted().qemu().pid();
    }

    @Override
    public Acceleration acceleration() {
        return booted().choice().acceleration();
    }

    @Override
    public List<String> confinement() {
        var phrases = new ArrayList<>(booted().choice().confinement().explain());
        phrases.add("system calls filtered: obsolete, privileges, processes, resources denied");
        return phrases;
    }

    @Override
    public void pressPowerButton() throws InterruptedException {
        booted().qemu().ask("system_powerdown");
    }

    @Override
    public void pause() throws InterruptedException {
        booted().qemu().ask("stop");
    }

    @Override
    public void resume() throws InterruptedException {
        booted().qemu().ask("cont");
    }

    @Override
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return booted().qemu().awaitEnd(limit);
    }

    @Override
    public void quit() throws InterruptedException {
        booted().qemu().ask("quit");
    }

    @Override
    public void close() {
        Booted now = booted;
        if (now != null) {
            now.qemu().close();
        }
    }
}
