package keystone.agent.process;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Owner;

/// An ordinary user's: bubblewrap makes a user namespace in which the user is 1000.
record UserConfinement(Tools tools, Owner owner, Groups groups) implements Confinement {
    /// An unprivileged process can leave its supplementary groups only in a namespace that maps
    /// several ids, for which the host must have given the user some (subgid(5)).
    enum Groups {
        DROPPED,
        KEPT
    }

    @Override
    public Owner ownerInside() {
        return MAPPED;
    }

    @Override
    public boolean hasPlaces() {
        return true;
    }

    @Override
    public List<String> enclose(Enclosure enclosure, List<String> program) {
        var chain = new ArrayList<String>();
        if (groups == Groups.DROPPED) {
            chain.add(tools.unshare().toString());
            chain.addAll(List.of("--user", "--map-auto", "--map-root-user", "--"));
            chain.addAll(List.of(tools.setpriv().toString(), "--clear-groups", "--"));
        }
        List<String> privileges = new ArrayList<>(List.of("--unshare-user"));
        privileges.addAll(List.of("--uid", Integer.toString(MAPPED.uid())));
        privileges.addAll(List.of("--gid", Integer.toString(MAPPED.gid())));
        privileges.addAll(List.of("--cap-drop", "ALL"));
        chain.addAll(Bubblewrap.arguments(tools.bubblewrap(), privileges, enclosure));
        chain.addAll(program);
        return chain;
    }

    @Override
    public List<String> explain() {
        return Confinement.phrases(
                owner,
                "seen as " + MAPPED.uid() + " inside",
                groups == Groups.DROPPED
                        ? "no supplementary groups"
                        : "keeps its user's supplementary groups",
                "own user, process, mount, ipc, cgroup and host name namespaces");
    }

    @Override
    public Confinement keepingGroup(int gid) {
        return new UserConfinement(tools, owner, Groups.KEPT);
    }
}
