package keystone.agent.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What may leave a sandbox: a mode, and what somebody said of single hosts beyond it. Of two rules
/// that speak of one connection the closer one holds; of two equally close, the denial.
///
/// @param allowed without a port, they mean those of the web: [#WEB]
/// @param denied without a port, they mean all
public record EgressPolicy(EgressMode mode, List<HostPattern> allowed, List<HostPattern> denied) {
    public static final Set<Integer> WEB = Set.of(80, 443);

    /// Under which name a guest reaches services of this host's loopback: those that a rule names
    /// by their port, and no others.
    public static final HostName THIS_HOST = HostName.parse("host.keystone.internal");

    public static final EgressPolicy USUAL = of(EgressMode.BALANCED);

    /// What a rule does to a connection that it speaks of.
    public enum Effect {
        ALLOW,
        DENY
    }

    /// How long a rule holds.
    public enum Holding {
        ALWAYS,
        /// Until the sandbox stops.
        ONCE
    }

    /// What somebody said of some hosts.
    public record Rule(HostPattern pattern, Effect effect) {
        private boolean covers(HostName host, int port) {
            return coversPort(host, port) && pattern.includes(host);
        }

        private boolean coversPort(HostName host, int port) {
            Integer named = pattern.port();
            if (named != null) {
                return named == port;
            }
            return effect == Effect.DENY || (WEB.contains(port) && !host.equals(THIS_HOST));
        }

        private boolean prevailsOver(Rule other) {
            return pattern.isCloserThan(other.pattern)
                    || (effect == Effect.DENY && !other.pattern.isCloserThan(pattern));
        }
    }

    public EgressPolicy {
        allowed = List.copyOf(allowed);
        denied = List.copyOf(denied);
    }

    public static EgressPolicy of(EgressMode mode) {
        return new EgressPolicy(mode, List.of(), List.of());
    }

    public EgressPolicy with(EgressMode changed) {
        return new EgressPolicy(changed, allowed, denied);
    }

    /// The same, and `rule` besides; what was said of just those hosts before is forgotten.
    public EgressPolicy with(Rule rule) {
        var allow = new ArrayList<>(allowed);
        var deny = new ArrayList<>(denied);
        allow.remove(rule.pattern);
        deny.remove(rule.pattern);
        (rule.effect == Effect.ALLOW ? allow : deny).add(rule.pattern);
        return new EgressPolicy(mode, allow, deny);
    }

    /// A service of this host's loopback.
    public static HostPattern hostPort(int port) {
        return new HostPattern(THIS_HOST, HostPattern.Extent.ITSELF, port);
    }

    /// The ports by which rules name that host.
    public Set<Integer> portsOf(HostName host) {
        return rules().stream()
                .map(Rule::pattern)
                .filter(each -> each.includes(host))
                .flatMap(each -> Stream.ofNullable(each.port()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The rule that holds for a connection; the mode decides where there is none.
    public Optional<Rule> ruleFor(HostName host, int port) {
        Rule found = null;
        for (Rule rule : rules()) {
            if (rule.covers(host, port) && (found == null || rule.prevailsOver(found))) {
                found = rule;
            }
        }
        return Optional.ofNullable(found);
    }

    private List<Rule> rules() {
        var rules = new ArrayList<Rule>();
        allowed.forEach(each -> rules.add(new Rule(each, Effect.ALLOW)));
        denied.forEach(each -> rules.add(new Rule(each, Effect.DENY)));
        return rules;
    }
}
