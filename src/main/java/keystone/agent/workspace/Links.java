package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// Follows symbolic links, but none that a guest or another user can change.
///
/// Otherwise a mount of `PROJECT/data`, once approved, would lead wherever the agent points it; and
/// root, working in somebody's project, would be led by its owner.
public final class Links {
    /// As many as Linux follows (path_resolution(7)).
    private static final int MOST = 40;

    private static final int ROOT = 0;

    /// How the kernel shows an owner whom a container's user namespace does not know; elsewhere it
    /// is a user like any other.
    private static final int UNKNOWN = 65534;

    private enum Owners {
        ANYBODY,
        US_AND_ROOT
    }

    private final Collection<Path> changeable;
    private final Owners owners;
    private final int self = ProjectOwner.self().uid();

    /// What guests can write.
    ///
    /// @param changeable real paths of directories
    public Links(Collection<Path> changeable) {
        this(changeable, Owners.US_AND_ROOT);
    }

    private Links(Collection<Path> changeable, Owners owners) {
        this.changeable = List.copyOf(changeable);
        this.owners = owners;
    }

    /// Also follows links of other users, as of one who installs programs for everybody.
    static Links ofAnybody(Collection<Path> changeable) {
        return new Links(changeable, Owners.ANYBODY);
    }

    /// The path without links; it need not exist.
    ///
    /// @param path absolute
    /// @throws UserError when a link on the way is not to be followed
    public Path resolve(Path path) {
        Deque<Path> rest = new ArrayDeque<>(names(path));
        Path at = path.getRoot();
        for (int links = 0; !rest.isEmpty(); ) {
            Path next = step(at, rest.pop());
            if (!Files.isSymbolicLink(next)) {
                at = next;
                continue;
            }
            links++;
            refuseIfChangeable(path, at, next);
            refuseIfAnothers(path, next);
            Path target = read(next, links);
            List<Path> names = new ArrayList<>(names(target));
            Collections.reverse(names);
            names.forEach(rest::push);
            at = target.isAbsolute() ? target.getRoot() : at;
        }
        return at;
    }

    private static List<Path> names(Path path) {
        var names = new ArrayList<Path>();
        path.forEach(names::add);
        return names;
    }

    private static Path step(Path at, Path name) {
        if (name.toString().equals(".")) {
            return at;
        }
        if (!name.toString().equals("..")) {
            return at.resolve(name);
        }
        Path parent = at.getParent();
        return parent == null ? at : parent;
    }

    private void refuseIfChangeable(Path whole, Path directory, Path link) {
        if (changeable.stream().anyMatch(directory::startsWith)) {
            throw refused(whole, link, "which a guest can change");
        }
    }

    private void refuseIfAnothers(Path whole, Path link) {
        if (owners == Owners.ANYBODY) {
            return;
        }
        try {
            int owner = (Integer) Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            boolean unknown = owner == UNKNOWN && !everybodyIsKnown();
            if (owner != self && owner != ROOT && !unknown) {
                throw refused(whole, link, "which belongs to another user");
            }
        } catch (IOException gone) {
            throw unusable(link, gone);
        }
    }

    /// Outside of containers each user id stands for itself (user_namespaces(7)).
    private static boolean everybodyIsKnown() throws IOException {
        return Files.readString(Path.of("/proc/self/uid_map"))
                .strip()
                .matches("0\\s+0\\s+4294967295");
    }

    private static UserError refused(Path whole, Path link, String why) {
        return UserError.usage(
                "`"
                        + Printable.of(whole.toString())
                        + "` goes through the link "
                        + Printable.of(link.toString())
                        + ", "
                        + why,
                "look where it leads, and name that itself");
    }

    private static Path read(Path link, int links) {
        try {
            if (links <= MOST) {
                return Files.readSymbolicLink(link);
            }
        } catch (IOException gone) {
            throw unusable(link, gone);
        }
        throw unusable(link, new IOException("too many links"));
    }

    private static UserError unusable(Path link, IOException why) {
        return new UserError(
                UserError.Kind.USAGE,
                "the link " + Printable.of(link.toString()) + " leads nowhere",
                "name the directory itself",
                why);
    }
}
