package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.UserError;
import keystone.agent.process.MountTable;

/// What guests can change of the host.
///
/// @param writable real paths of the directories that they can write
public record Reach(List<Path> writable) {
    /// The type that the kernel's table of mounts has for what `mount` mounts, and how the source
    /// of one of ours begins.
    public static final String MOUNTED = "fuse.sshfs";

    public static final String OURS = "ks-";

    public Reach {
        writable = List.copyOf(writable);
    }

    /// What is written on this host, and what `mount` shows of guests: there every byte is theirs.
    ///
    /// @param written by guests, of this host's own files
    public static Reach of(List<Path> written) {
        var all = new ArrayList<>(written);
        MountTable.ofThisProcess().ofType(MOUNTED).stream()
                .filter(mount -> mount.source().startsWith(OURS))
                .forEach(mount -> all.add(mount.point()));
        return new Reach(all);
    }

    /// Whether a guest decides, now or later, what an absolute path leads to.
    public boolean includes(Path path) {
        try {
            Path real = Links.ofAnybody(writable).resolve(path);
            return writable.stream().anyMatch(real::startsWith);
        } catch (UserError throughALinkOfTheirs) {
            return true;
        }
    }
}
