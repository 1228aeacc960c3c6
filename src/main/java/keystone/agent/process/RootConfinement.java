package keystone.agent.process;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import keystone.agent.model.Owner;

/// Root's, for any owner: bubblewrap makes the mounts as root, so that nothing on the way to them
/// needs to be open to the owner; then all privileges are dropped.
///
/// @param groups the only supplementary ones kept
record RootConfinement(Tools tools, Owner owner, Ids ids, List<Integer> groups)
        implements Confinement {
    /// Whether the owner is seen as 1000 inside, which needs user namespaces.
    enum Ids {
        MAPPED,
        EQUAL
    }

    RootConfinement {
        groups = List.copyOf(groups);
    }

    @Override
    public Owner ownerInside() {
        return ids == Ids.MAPPED ? MAPPED : owner;
    }

    @Override
    public boolean hasPlaces() {
        return true;
    }

    @Override
    public List<String> enclose(Enclosure enclosure, List<String> program) {
        // Only a holder of CAP_SETFCAP may map id 0 (user_namespaces(7)); going on in the new
        // namespace as 1000 loses it.
        boolean mapsRoot = owner.isRoot() && ids == Ids.MAPPED;
        var privileges = new ArrayList<>(List.of("--cap-drop", "ALL"));
        privileges.addAll(List.of("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"));
        privileges.addAll(List.of("--cap-add", "CAP_SETPCAP"));
        if (mapsRoot) {
            privileges.addAll(List.of("--cap-add", "CAP_SETFCAP"));
        }
        var chain = new ArrayList<>(List.of(tools.unshare().toString()));
        chain.addAll(GUARD);
        chain.addAll(Bubblewrap.arguments(tools.bubblewrap(), privileges, enclosure));
        chain.addAll(becomingTheOwner(mapsRoot ? "-all,+setfcap" : "-all"));
        if (ids == Ids.MAPPED) {
            chain.add(tools.unshare().toString());
            chain.addAll(List.of("--user", "--map-user=" + MAPPED.uid()));
            chain.addAll(List.of("--map-group=" + MAPPED.gid(), "--"));
        }
        chain.addAll(program);
        return chain;
    }

    private List<String> becomingTheOwner(String boundingSet) {
        String kept = groups.stream().map(String::valueOf).collect(Collectors.joining(","));
        return List.of(
                tools.setpriv().toString(),
                "--reuid=" + owner.uid(),
                "--regid=" + owner.gid(),
                kept.isEmpty() ? "--clear-groups" : "--groups=" + kept,
                "--bounding-set=" + boundingSet,
                "--inh-caps=-all",
                "--no-new-privs",
                "--");
    }

    @Override
    public List<String> explain() {
        boolean mapped = ids == Ids.MAPPED;
        return Confinement.phrases(
                owner,
                mapped
                        ? "seen as " + MAPPED.uid() + " inside"
                        : "the same number inside: this host permits no user namespaces",
                groups.isEmpty()
                        ? "no supplementary groups"
                        : "no supplementary groups but " + groups,
                "own "
                        + (mapped ? "user, " : "")
                        + "process, mount, ipc, cgroup and host name"
                        + " namespaces");
    }

    @Override
    public Confinement keepingGroup(int gid) {
        return new RootConfinement(tools, owner, ids, List.of(gid));
    }
}
