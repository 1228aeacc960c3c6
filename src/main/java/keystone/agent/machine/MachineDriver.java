package keystone.agent.machine;

import java.util.List;
import keystone.agent.model.Check;

/// Something that can run virtual machines.
public interface MachineDriver {
    /// What it needs of the host, for `doctor`. Looks again at what it otherwise remembers.
    List<Check> checks() throws InterruptedException;

    /// Describes a machine; nothing runs yet.
    Machine define(MachineSpec spec);
}
