package keystone.agent.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// Proves that the process which serves shares was given the very directories that were meant,
/// while no guest runs yet.
///
/// bubblewrap, or the process itself, finds them by their paths, with the rights of whoever started
/// it. Somebody who may change a directory on the way, such as a guest that shares it or a
/// project's owner when root works in it, could have put a link there for just that moment; the
/// kernel knows what was mounted and opened, and that stays so whatever happens to the paths.
///
/// @param user whom we work as
/// @param owner whom the process works as
/// @param pid the process's
public record ShareProof(HostUser user, Owner owner, long pid) {
    /// Looks at the mounts of an enclosed process.
    ///
    /// @param inside where it finds the share
    /// @throws UserError when it was given something else
    public void requireMounted(Share share, Path inside) {
        // Read once: there may be a thousand covers, each with a line of its own.
        MountTable ours = MountTable.ofThisProcess();
        MountTable theirs = MountTable.of(pid);
        if (!theirs.find(inside).equals(ours.find(share.host()))) {
            throw swapped(share);
        }
        for (Share.Cover cover : share.covers()) {
            if (!theirs.find(inside.resolve(cover.name())).equals(ours.find(cover.by()))) {
                throw swapped(share);
            }
        }
        if (share.guest().equals(SandboxSpec.WORKSPACE)) {
            requireOwner(share, Path.of("/proc", Long.toString(pid), "root" + inside));
        }
    }

    /// Looks at the directories that a process which sees the host's own paths has opened: it opens
    /// each share once and goes from there.
    ///
    /// @throws UserError when one of ours is not among them
    public void requireOpened(Collection<Share> shares) throws IOException {
        var opened = new HashSet<Path>();
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
            for (Path entry : entries) {
                opened.add(Files.readSymbolicLink(entry));
            }
        }
        for (Share share : shares) {
            if (!opened.contains(share.host())) {
                throw swapped(share);
            }
        }
    }

    /// Root works as whoever owns the project, so that must be the owner of what was mounted.
    private void requireOwner(Share project, Path shown) {
        try {
            if (user.isRoot() && !Files.getAttribute(shown, "unix:uid").equals(owner.uid())) {
                throw swapped(project);
            }
        } catch (IOException gone) {
            throw swapped(project);
        }
    }

    /// What is to be said of a directory that is another one than was asked for.
    public static UserError swapped(Share share) {
        return UserError.failed(
                "somebody exchanged %s while it was being shared"
                        .formatted(Printable.of(share.host().toString())),
                "ls -ld " + ShellWord.quote(String.valueOf(share.host().getParent())));
    }
}
