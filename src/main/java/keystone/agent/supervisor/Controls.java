package keystone.agent.supervisor;

import java.util.function.Supplier;
import keystone.agent.egress.Redactor;
import keystone.agent.store.SandboxDir;
import org.jspecify.annotations.Nullable;

/// What the control socket is asked of a sandbox that is up, beside its state and its sessions:
/// each says itself what it wants when there is no guest.
record Controls(NetControl net, PortsControl ports, SecretControl secrets) {
    /// @param live gives null until the guest is usable
    static Controls of(SandboxDir dir, Supplier<@Nullable Live> live) {
        return new Controls(
                new NetControl(
                        dir,
                        () -> Live.gate(live.get(), dir.name()),
                        () -> Live.ports(live.get(), dir.name()).reconsider()),
                new PortsControl(dir, () -> Live.ports(live.get(), dir.name())),
                new SecretControl(() -> Live.secrets(live.get(), dir.name()), new Redactor()));
    }
}
