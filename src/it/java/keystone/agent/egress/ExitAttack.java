package keystone.agent.egress;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.EgressMode;

/// One thing that a hostile root in a guest does to get past its exit, or to harm it.
///
/// @param title what it is, as the documentation's table says it
/// @param step of the guest's program, `exit/attacks.py`
/// @param open the modes in which it reaches something, and why that is so: the end of a sentence
record ExitAttack(String title, String step, Map<EgressMode, String> open) {
    ExitAttack {
        open = Map.copyOf(open);
    }

    static ExitAttack of(String title, String step) {
        return new ExitAttack(title, step, Map.of());
    }

    ExitAttack openIn(EgressMode mode, String why) {
        var more = new EnumMap<EgressMode, String>(EgressMode.class);
        more.putAll(open);
        more.put(mode, why);
        return new ExitAttack(title, step, more);
    }

    Optional<String> whyOpen(EgressMode mode) {
        return Optional.ofNullable(open.get(mode));
    }

    String word(EgressMode mode) {
        return open.containsKey(mode) ? "open" : "blocked";
    }
}
