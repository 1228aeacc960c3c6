package keystone.agent.machine.qemu;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import keystone.agent.machine.MachineSpec;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import keystone.agent.process.HostUser;
import keystone.agent.process.MountTable;

/// Proves that QEMU was given the very directories that were meant, while its guest does not run
/// yet.
///
/// bubblewrap, or QEMU itself, finds them by their paths, with the rights of whoever started it.
/// Somebody who may change a directory on the way, such as a guest that shares it or a project's
/// owner when root works in it, could have put a link there for just that moment; the kernel knows
/// what was mounted and opened, and that stays so whatever happens to the paths.
///
/// @param pid QEMU's
record ShareProof(MachineSpec spec, HostUser user, long pid) {
    /// Looks at the mounts of an enclosed QEMU.
    ///
    /// @throws UserError when it was given something else
    void requireMounted(MachineFiles files) {
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

    /// Looks at the directories that a QEMU which sees the host's own paths has opened: it opens
    /// each share once and goes from there.
    ///
    /// @throws UserError when one of ours is not among them
    void requireOpened() throws IOException {
        var opened = new HashSet<Path>();
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
            for (Path entry : entries) {
                opened.add(Files.readSymbolicLink(entry));
            }
        }
        for (String tag : spec.tags()) {
            if (!opened.contains(spec.share(tag).host())) {
                throw swapped(spec.share(tag));
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
