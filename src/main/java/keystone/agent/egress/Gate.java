package keystone.agent.egress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import keystone.agent.egress.Verdict.Allow;
import keystone.agent.egress.Verdict.Deny;
import keystone.agent.egress.Verdict.Lost;
import keystone.agent.egress.Verdict.Route;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostName;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Owned;

/// Decides what may leave one sandbox: the only place that does, for every path out, by the policy
/// that holds at the moment. Thread-safe.
///
/// What a name stands for is looked up once, here; the connection goes to those very addresses. So
/// a name that answers otherwise the next time gains nothing.
public final class Gate implements Owned.Ending {
    private static final Duration LOOK_UP = Duration.ofSeconds(10);

    /// Mail from one server to another: nobody's project needs it, and those who send spam do.
    private static final int MAIL = 25;

    /// Names that are of no use beyond a private network (RFC 6761, RFC 8375, ICANN's `internal`).
    private static final Set<String> PRIVATE_ENDINGS =
            Set.of("localhost", "local", "internal", "localdomain", "lan", "intranet", "home.arpa");

    private final SandboxName sandbox;
    private final Upstream upstream;
    private final Names names;
    private final Function<InetAddress, Optional<String>> objections;
    private final BalancedHosts balanced = BalancedHosts.read();
    private final Owned owned = new Owned();
    private UnaryOperator<EgressPolicy> opening = UnaryOperator.identity();
    private volatile Set<Upstream.Proxy> proxiesHere;
    private volatile HostServices services = HostServices.NONE;
    private EgressPolicy asked;
    private volatile EgressPolicy policy;

    /// As [PublicAddresses] says.
    ///
    /// @param objections what an address is, when that forbids it
    Gate(
            SandboxName sandbox,
            EgressPolicy policy,
            Upstream upstream,
            Names names,
            Function<InetAddress, Optional<String>> objections) {
        this.sandbox = sandbox;
        this.asked = policy;
        this.policy = policy;
        this.upstream = upstream;
        this.proxiesHere = upstream.proxiesOfThisHost();
        this.names = names;
        this.objections = objections;
    }

    /// One that looks names up as this host does.
    public static Gate open(SandboxName sandbox, EgressPolicy policy, Upstream upstream)
            throws InterruptedException {
        var names = new HostNames(LOOK_UP);
        var addresses = PublicAddresses.beyondThisHost();
        var gate = new Gate(sandbox, policy, upstream, names, addresses::objection);
        gate.locateProxies();
        gate.owned.own(names);
        return gate;
    }

    /// A proxy's name may stand for this host. Looked up once: what it stands for later is not for
    /// a guest to choose.
    void locateProxies() throws InterruptedException {
        var here = new HashSet<>(proxiesHere);
        for (Upstream.Proxy each : upstream.proxies()) {
            try {
                if (names.addresses(each.host()).stream().anyMatch(Upstream::isOfThisHost)) {
                    here.add(each);
                }
            } catch (UnknownHostException unknown) {
                // Nobody gets anywhere through it, either.
            }
        }
        proxiesHere = Set.copyOf(here);
    }

    /// Also opens what this run needs besides.
    ///
    /// @param needed what a policy becomes with it; asked again at each change, so that it never
    ///     outlives a denial
    public synchronized Gate opening(UnaryOperator<EgressPolicy> needed) {
        opening = needed;
        policy = needed.apply(asked);
        return this;
    }

    /// Where services of this host are that its user has named.
    public Gate leadingTo(HostServices named) {
        services = named;
        return this;
    }

    /// What holds at the moment.
    public EgressPolicy policy() {
        return policy;
    }

    /// The ports of this host's loopback behind which a service is expected: one that rules name,
    /// or this host's own proxy.
    public Set<Integer> portsOfThisHost() {
        var all = new HashSet<>(policy().portsOf(EgressPolicy.THIS_HOST));
        proxiesHere.forEach(each -> all.add(each.port()));
        return Set.copyOf(all);
    }

    public Upstream upstream() {
        return upstream;
    }

    Names names() {
        return names;
    }

    /// From now on the changed policy holds; connections that are there stay.
    ///
    /// @param change of what somebody asked for
    /// @return what holds
    public synchronized EgressPolicy change(UnaryOperator<EgressPolicy> change) {
        asked = change.apply(asked);
        EgressPolicy changed = opening.apply(asked);
        policy = changed;
        return changed;
    }

    public Verdict decide(Target target, Passage passage) throws InterruptedException {
        EgressPolicy now = policy;
        Optional<Rule> rule = now.ruleFor(target.host(), target.port());
        Optional<Deny> refused = refusal(now, rule, target);
        return refused.isPresent()
                ? refused.get()
                : route(
                        target,
                        passage,
                        now,
                        rule.map(Gate::by).orElse("the mode " + now.mode().word()));
    }

    /// Why nothing at all of a name may be connected to; empty when something may. Nothing is
    /// looked up.
    Optional<Deny> refusalOfName(HostName name) {
        EgressPolicy now = policy;
        Optional<Deny> first = Optional.empty();
        for (int port : portsThatMatter(now, name)) {
            Optional<Deny> refused = refusal(now, now.ruleFor(name, port), new Target(name, port));
            if (refused.isEmpty()) {
                return refused;
            }
            first = first.or(() -> refused);
        }
        return name.equals(EgressPolicy.THIS_HOST) ? Optional.empty() : first;
    }

    /// Ports of which every rule names one, and one that none names.
    private List<Integer> portsThatMatter(EgressPolicy now, HostName name) {
        // First what a refusal shall speak of.
        var all = new LinkedHashSet<>(List.of(443, 80));
        all.addAll(now.portsOf(name));
        all.addAll(balanced.portsOf(name));
        int unnamed = 1;
        while (all.contains(unnamed)) {
            unnamed++;
        }
        all.add(unnamed);
        return List.copyOf(all);
    }

    private static String by(Rule rule) {
        return "the rule " + rule.pattern();
    }

    /// By name and port alone: who is refused here causes no look-up, which could carry data out.
    private Optional<Deny> refusal(EgressPolicy now, Optional<Rule> rule, Target target) {
        if (now.mode() == EgressMode.NONE) {
            return Optional.of(noNetwork());
        }
        if (target.host().equals(EgressPolicy.THIS_HOST)) {
            return refusalOfHostPort(rule, target);
        }
        Optional<Deny> never = neverPublic(target);
        if (never.isPresent()) {
            return never;
        }
        Optional<Deny> translated =
                target.host().address().flatMap(address -> denial(address, target, now));
        if (translated.isPresent()) {
            return translated;
        }
        if (rule.isPresent()) {
            return rule.get().effect() == Effect.DENY
                    ? Optional.of(denied(target, rule.get()))
                    : Optional.empty();
        }
        if (now.mode() == EgressMode.BALANCED && !balanced.allow(target.host(), target.port())) {
            return Optional.of(notAllowed(target, notOnTheList(target)));
        }
        return target.port() == MAIL
                ? Optional.of(notAllowed(target, "port 25 is for mail between servers"))
                : Optional.empty();
    }

    /// A service of this host is reached by a rule that names its port, and in no other way.
    private Optional<Deny> refusalOfHostPort(Optional<Rule> rule, Target target) {
        if (proxiesHere.stream().anyMatch(each -> each.port() == target.port())) {
            return Optional.of(never(target, "this host's own proxy"));
        }
        if (rule.isPresent() && rule.get().effect() == Effect.ALLOW) {
            return Optional.empty();
        }
        String why =
                rule.map(
                                denial ->
                                        "port %d of this host is denied by the rule %s"
                                                .formatted(target.port(), denial.pattern()))
                        .orElse(
                                "port %d of this host is not among what this sandbox may reach"
                                        .formatted(target.port()));
        return Optional.of(
                new Deny(
                        why,
                        "keystone-agent net allow --host-port %d --name %s"
                                .formatted(target.port(), sandbox)));
    }

    private Deny noNetwork() {
        return new Deny(
                "this sandbox has no network",
                "keystone-agent stop %s && keystone-agent start --net balanced --name %s"
                        .formatted(sandbox, sandbox));
    }

    private static String notOnTheList(Target target) {
        return EgressPolicy.WEB.contains(target.port())
                ? "%s is not among the hosts that this sandbox may reach".formatted(target.host())
                : "port %d of %s is not among what this sandbox may reach"
                        .formatted(target.port(), target.host());
    }

    private Deny notAllowed(Target target, String why) {
        return allowing(target, why, !EgressPolicy.WEB.contains(target.port()));
    }

    /// As exact as the rule that is to be overruled.
    private Deny denied(Target target, Rule rule) {
        return allowing(
                target,
                "%s is denied by the rule %s".formatted(target.host(), rule.pattern()),
                rule.pattern().port() != null || !EgressPolicy.WEB.contains(target.port()));
    }

    private Deny allowing(Target target, String why, boolean withPort) {
        String what = withPort ? target.toString() : target.host().authority();
        // Brackets mean something to a shell.
        String word = what.startsWith("[") ? "'" + what + "'" : what;
        return new Deny(why, "keystone-agent net allow %s --name %s".formatted(word, sandbox));
    }

    private Verdict route(Target target, Passage passage, EgressPolicy now, String why)
            throws InterruptedException {
        if (target.host().equals(EgressPolicy.THIS_HOST)) {
            return direct(services.addresses(target.port()), target, why);
        }
        Optional<InetAddress> literal = target.host().address();
        Optional<Upstream.Proxy> proxy = upstream.proxyFor(target, passage);
        if (proxy.isPresent()) {
            Optional<Deny> refused =
                    proxiesHere.contains(proxy.get()) && literal.isEmpty()
                            ? refusalBehindHere(target, now)
                            : Optional.empty();
            return refused.isPresent()
                    ? refused.get()
                    : new Allow(new Route.Through(proxy.get()), why);
        }
        return literal.isPresent()
                ? direct(List.of(literal.get()), target, why)
                : lookedUp(target, now, why);
    }

    /// A proxy on this host reaches this host's loopback by any name that stands for it. One that
    /// is not known here may be known to the proxy.
    private Optional<Deny> refusalBehindHere(Target target, EgressPolicy now)
            throws InterruptedException {
        try {
            return names.addresses(target.host()).stream()
                    .flatMap(address -> objection(address, target, now).stream())
                    .findFirst();
        } catch (UnknownHostException unknown) {
            return Optional.empty();
        }
    }

    /// What no rule opens, and so no fix shall say that one does.
    private Optional<Deny> neverPublic(Target target) {
        if (upstream.isAt(target)) {
            return Optional.of(never(target, "this host's own proxy"));
        }
        return isPrivate(target.host())
                ? Optional.of(never(target, "a name of a private network"))
                : target.host()
                        .address()
                        .flatMap(objections)
                        .map(objection -> never(target, objection));
    }

    private static boolean isPrivate(HostName host) {
        return host.address().isEmpty()
                && (host.text().indexOf('.') < 0
                        || PRIVATE_ENDINGS.stream()
                                .anyMatch(ending -> host.text().endsWith("." + ending)));
    }

    private Verdict lookedUp(Target target, EgressPolicy now, String why)
            throws InterruptedException {
        List<InetAddress> found;
        try {
            found = names.addresses(target.host());
        } catch (UnknownHostException unknown) {
            return new Lost(target.host() + " cannot be reached: " + unknown.getMessage());
        }
        var usable = new ArrayList<InetAddress>();
        Verdict refused = new Lost(target.host() + " has no address");
        for (InetAddress address : found) {
            Optional<Deny> objection = objection(address, target, now);
            if (objection.isEmpty()) {
                usable.add(address);
            } else {
                refused = objection.get();
            }
        }
        return usable.isEmpty() ? refused : direct(usable, target, why);
    }

    private Optional<Deny> objection(InetAddress address, Target target, EgressPolicy now) {
        Optional<String> what = objections.apply(address);
        if (what.isPresent()) {
            String shown = HostName.of(address) + ", " + what.get();
            return Optional.of(never(target, "at " + shown));
        }
        return denial(address, target, now);
    }

    /// What rules say of an address, also of the one that is behind it.
    private Optional<Deny> denial(InetAddress address, Target target, EgressPolicy now) {
        return Stream.of(address, PublicAddresses.behindNat64(address))
                .map(each -> new Target(HostName.of(each), target.port()))
                .flatMap(
                        each ->
                                now
                                        .ruleFor(each.host(), each.port())
                                        .filter(rule -> rule.effect() == Effect.DENY)
                                        .map(rule -> denied(each, rule))
                                        .stream())
                .findFirst();
    }

    private static Verdict direct(List<InetAddress> addresses, Target target, String why) {
        return new Allow(
                new Route.Direct(
                        addresses.stream()
                                .map(each -> new InetSocketAddress(each, target.port()))
                                .toList()),
                why);
    }

    private static Deny never(Target target, String what) {
        return new Deny(
                "%s is %s, which no sandbox may reach".formatted(target.host(), what),
                "nothing opens that: run what you need of it inside the sandbox");
    }

    @Override
    public void close() {
        owned.close();
    }
}
