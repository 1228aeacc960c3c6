package keystone.agent.machine.qemu;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.machine.MachineSpec;
import keystone.agent.machine.Sharing;
import keystone.agent.model.Access;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;
import keystone.agent.model.Owner;
import keystone.agent.model.Resources;
import keystone.agent.model.Share;

/// Machines to test with.
final class Machines {
    private Machines() {}

    /// Two layers, a writable and a read-only share; `project` is whatever a person may call it.
    static MachineSpec with(Path project) {
        return with(project, new Sharing.NineP(Sharing.Modes.TRUE));
    }

    static MachineSpec with(Path project, Sharing sharing) {
        return new MachineSpec(
                "blue",
                new Image(
                        Digest.of("image"),
                        Path.of("/cache/vmlinux"),
                        Path.of("/cache/initrd.cpio"),
                        List.of(Path.of("/cache/base.squashfs"), Path.of("/cache/layer.squashfs"))),
                Path.of("/state/disk.qcow2"),
                Path.of("/run/config.tar"),
                Path.of("/run/vm"),
                new Resources(ByteSize.ofGib(1), 2, ByteSize.ofGib(20)),
                Map.of(
                        "workspace",
                        new Share(project, "/workspace", Access.READ_WRITE),
                        "mount0",
                        new Share(Path.of("/data"), "/data", Access.READ_ONLY)),
                sharing,
                new Owner(1234, 1234),
                Map.of());
    }
}
