package keystone.agent.egress;

import java.time.InstantSource;
import java.util.Optional;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;

/// Says which names the guest's programs may look up: those that they could connect to. Nothing is
/// looked up for it, so that a question carries nothing out. Used by one thread.
public final class NameService {
    private final Gate gate;
    private final EgressLog log;
    private final InstantSource clock;

    public NameService(Gate gate, EgressLog log, InstantSource clock) {
        this.gate = gate;
        this.log = log;
        this.clock = clock;
    }

    /// Why a name may not be looked up, and what would change that, in one line of ASCII; empty
    /// when it may.
    public Optional<String> refusal(String text) {
        HostName name;
        try {
            name = HostName.parse(text);
        } catch (UserError noName) {
            return Optional.of("that is not the name of a host");
        }
        if (name.address().isPresent()) {
            return Optional.of("that is an address in figures");
        }
        Optional<Verdict.Deny> refused = gate.refusalOfName(name);
        refused.ifPresent(
                deny -> log.add(Passed.lookUp(clock.instant(), name, Outcome.REFUSED, deny.why())));
        return refused.map(deny -> deny.why() + "; on the host: " + deny.fix());
    }
}
