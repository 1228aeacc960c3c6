package keystone.agent.process;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Owner;

/// An ordinary user's on a host without user namespaces: nothing but the program's own means.
record NoConfinement(Tools tools, Owner owner) implements Confinement {
    @Override
    public Owner ownerInside() {
        return owner;
    }

    @Override
    public boolean hasPlaces() {
        return false;
    }

    @Override
    public List<String> enclose(Enclosure enclosure, List<String> program) {
        var chain = new ArrayList<>(List.of(tools.setpriv().toString(), "--no-new-privs"));
        chain.addAll(List.of("--inh-caps=-all", "--", "/usr/bin/env", "-i"));
        enclosure.environment().forEach((name, value) -> chain.add(name + "=" + value));
        chain.addAll(program);
        return chain;
    }

    @Override
    public List<String> explain() {
        return List.of(
                "works as user " + owner.uid(),
                "sees every file of its user: this host permits no user namespaces",
                "no new privileges",
                "shares the host's network namespace");
    }

    @Override
    public Confinement keepingGroup(int gid) {
        return this;
    }
}
