package keystone.agent.process;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Owner;

/// An ordinary user's: bubblewrap makes a user namespace in which the user is 1000.
record UserConfinement(Tools tools, Owner owner, Before before) implements Confinement {
    /// What stands before bubblewrap, from the best to what is left when `unshare` is forbidden.
    enum Before {
        /// A namespace of many ids, for which the host must have given the user some (subgid(5)):
        /// only there may an unprivileged process leave its supplementary groups. Also a guard.
        MANY_IDS,
        /// A guard only; see [Confinement#GUARD].
        GUARD,
        NOTHING
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
        var chain = new ArrayList<>(beforeBubblewrap());
        List<String> privileges = new ArrayList<>(List.of("--unshare-user"));
        privileges.addAll(List.of("--uid", Integer.toString(MAPPED.uid())));
        privileges.addAll(List.of("--gid", Integer.toString(MAPPED.gid())));
        privileges.addAll(List.of("--cap-drop", "ALL"));
        chain.addAll(Bubblewrap.arguments(tools.bubblewrap(), privileges, enclosure));
        chain.addAll(program);
        return chain;
    }

    private List<String> beforeBubblewrap() {
        var chain = new ArrayList<String>();
        if (before == Before.NOTHING) {
            return chain;
        }
        chain.addAll(List.of(tools.unshare().toString(), "--user"));
        if (before == Before.GUARD) {
            chain.add("--map-current-user");
            chain.addAll(GUARD);
            return chain;
        }
        chain.addAll(List.of("--map-auto", "--map-root-user"));
        chain.addAll(GUARD);
        chain.addAll(List.of(tools.setpriv().toString(), "--clear-groups", "--"));
        return chain;
    }

    @Override
    public List<String> explain() {
        return Confinement.phrases(
                owner,
                "seen as " + MAPPED.uid() + " inside",
                before == Before.MANY_IDS
                        ? "no supplementary groups"
                        : "keeps its user's supplementary groups",
                "own user, process, mount, ipc, cgroup and host name namespaces");
    }

    @Override
    public Confinement keepingGroup(int gid) {
        return before == Before.MANY_IDS ? new UserConfinement(tools, owner, Before.GUARD) : this;
    }
}
