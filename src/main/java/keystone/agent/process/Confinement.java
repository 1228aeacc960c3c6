package keystone.agent.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Owner;

/// How a program is locked in: which files it sees, and as whom it works on this host.
///
/// Each kind is a chain of ordinary tools that ends in the program itself, so everything claimed
/// here can be read back from `/proc/PID`. Building a chain does nothing yet; [ConfinementSearch]
/// finds the one that this host permits.
///
/// The network namespace stays the host's unless the enclosure says otherwise: QEMU listens on the
/// host's 127.0.0.1.
public sealed interface Confinement permits UserConfinement, RootConfinement, NoConfinement {
    /// Who the owner is in the eyes of an enclosed program, where user namespaces exist.
    Owner MAPPED = new Owner(1000, 1000);

    /// For unshare(1): a process namespace around bubblewrap, so that nothing of the chain outlives
    /// its first process. While bubblewrap starts there are moments in which it leaves a process
    /// behind when it is killed (5 of 300, measured), whatever `--die-with-parent` promises.
    List<String> GUARD = List.of("--pid", "--fork", "--kill-child=KILL", "--");

    /// Whom the program works as, as this host numbers it.
    Owner owner();

    /// The same owner, as the program numbers it.
    Owner ownerInside();

    /// Whether the program sees the enclosure's places; otherwise it sees the host's own paths.
    boolean hasPlaces();

    /// The whole chain that runs the program so.
    List<String> enclose(Enclosure enclosure, List<String> program);

    /// What holds, a short phrase each.
    List<String> explain();

    /// The same, but keeping a group that the owner is a member of: a device may need it.
    Confinement keepingGroup(int gid);

    /// The tools of the chains, where they are.
    record Tools(Path bubblewrap, Path setpriv, Path unshare) {}

    /// What every kind that uses bubblewrap has in common, after what is its own.
    static List<String> phrases(Owner owner, String... own) {
        var phrases = new ArrayList<>(List.of("works as user " + owner.uid()));
        phrases.addAll(List.of(own));
        phrases.addAll(
                List.of(
                        "sees only the files it was given",
                        "no capabilities",
                        "no new privileges",
                        "shares the host's network namespace"));
        return phrases;
    }
}
