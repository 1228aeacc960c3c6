package keystone.agent.machine.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.machine.MachineSpec;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import keystone.agent.process.HostUser;
import keystone.agent.process.MountTable;

/// Proves that an enclosed QEMU was given the very directories that were meant.
///
/// bubblewrap finds them by their paths, with the rights of whoever started it. Somebody who may
/// change a directory on the way, such as a project's owner when root works in it, could have put a
/// link there for just that moment; the kernel knows what was mounted.
record ShareProof(MachineSpec spec, MachineFiles files, HostUser user) {
    /// Looks at a QEMU that has started.
    ///
    /// @throws UserError when it was given something else
    void require(long pid) {
        MountTable here = MountTable.ofThisProcess();
        MountTable there = MountTable.of(pid);
        for (int i = 0; i < files.shares().size(); i++) {
            Share share = spec.share(spec.tags().get(i));
            Path inside = Path.of(files.shares().get(i));
            if (!there.find(inside).equals(here.find(share.host()))) {
                throw swapped(share);
            }
            if (share.guest().equals(SandboxSpec.WORKSPACE)) {
                requireOwner(share, Path.of("/proc", Long.toString(pid), "root" + inside));
            }
        }
    }

    /// Root works as whoever owns the project, so that must be the owner of what was mounted.
    private void requireOwner(Share project, Path shown) {
        try {
            if (user.isRoot()
                    && !Files.getAttribute(shown, "unix:uid").equals(spec.owner().uid())) {
                throw swapped(project);
            }
        } catch (IOException gone) {
            throw swapped(project);
        }
    }

    private static UserError swapped(Share share) {
        return UserError.failed(
                "somebody exchanged %s while it was being shared"
                        .formatted(Printable.of(share.host().toString())),
                "look at who may write there: ls -ld \"$(dirname PROJECT)\"");
    }
}
