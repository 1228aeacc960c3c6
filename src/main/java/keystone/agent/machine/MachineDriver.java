package keystone.agent.machine;

import java.util.List;
import keystone.agent.model.Check;
import keystone.agent.model.Owner;

/// Something that can run virtual machines.
public interface MachineDriver {
    String name();

    /// What it needs of the host, for `doctor`. Looks again at what it otherwise remembers.
    List<Check> checks() throws InterruptedException;

    /// The ids that the guest's user must have, so that what it makes in a share belongs to `owner`
    /// on this host.
    Owner ownerInside(Owner owner) throws InterruptedException;

    /// Describes a machine; nothing runs yet.
    Machine define(MachineSpec spec);
}
