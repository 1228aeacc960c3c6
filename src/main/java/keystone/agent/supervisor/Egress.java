package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.egress.EgressLog;
import keystone.agent.egress.EgressProxy;
import keystone.agent.egress.Gate;
import keystone.agent.egress.HostServices;
import keystone.agent.egress.NameService;
import keystone.agent.egress.Redactor;
import keystone.agent.egress.Secrets;
import keystone.agent.egress.StoredSecrets;
import keystone.agent.egress.Upstream;
import keystone.agent.model.EgressMode;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretRef;
import keystone.agent.process.Owned;
import keystone.agent.store.SandboxDir;

/// The one exit of a sandbox's guest, from before it boots until it is gone: what is decided, by
/// what is served, and the way there from inside. Thread-safe.
final class Egress implements Owned.Ending {
    /// On the guest's loopback.
    static final int PORT = 3128;

    /// As generous as [Forwarding] is.
    private static final Duration REDIRECT = Duration.ofSeconds(30);

    private final Owned owned = new Owned();
    private final Gate gate;
    private final EgressLog log;
    private final EgressProxy proxy;
    private final Redirection redirection;
    private final Forwarding forwarding;
    private final GuestSecrets secrets;

    private Egress(SandboxDir dir, Gate gate, Secrets secrets, GuestSecrets inGuest, Clock clock) {
        this.gate = owned.own(gate);
        this.secrets = inGuest;
        Path socket = dir.run().proxySocket();
        try {
            this.log = owned.own(EgressLog.open(dir.egressLog()));
            this.proxy = owned.own(EgressProxy.open(socket, gate, log, clock, secrets));
        } catch (RuntimeException failure) {
            owned.close();
            throw failure;
        }
        this.redirection = new Redirection(new NameService(gate, log, clock));
        this.forwarding =
                new Forwarding(dir.name(), dir.run().sshConfig(), PORT, socket, redirection);
    }

    /// Serves at once; empty where nothing may leave anyway.
    ///
    /// @param redactor is told of every secret that is read
    static Optional<Egress> open(
            SandboxDir dir, BootOrder order, SupervisorParts parts, Redactor redactor)
            throws InterruptedException {
        if (order.spec().egress().mode() == EgressMode.NONE) {
            return Optional.empty();
        }
        var upstream = Upstream.from(order.proxies());
        Map<String, String> environment = order.secrets().environment();
        BaseUrls bases = BaseUrls.of(environment);
        HostServices services = bases.services();
        var run = new Secrets.Run(dir.name(), dir.placeholders(), redactor, services);
        var origins =
                new Secrets.Origins(
                        environment,
                        order.spec().project(),
                        Path.of(environment.getOrDefault("HOME", "/root")),
                        new StoredSecrets(parts.secrets().directory()),
                        parts.secrets().guestCanWrite());
        List<SecretRef> refs = bases.binding(order.secrets().refs());
        Secrets secrets = Secrets.open(run, refs, origins, upstream, parts.clock());
        dir.keepPlaceholders(secrets.allPlaceholders());
        Gate gate =
                Gate.open(dir.name(), order.spec().egress(), upstream)
                        .opening(bases::opening)
                        .leadingTo(services);
        return Optional.of(
                new Egress(
                        dir,
                        gate,
                        secrets,
                        new GuestSecrets(secrets, order.secrets()),
                        parts.clock()));
    }

    /// What the guest has of them.
    GuestSecrets secrets() {
        return secrets;
    }

    /// As [EgressLog#listen].
    Owned.Ending listen(Instant since, EgressLog.Hearing hearing) {
        return log.listen(since, hearing);
    }

    Gate gate() {
        return gate;
    }

    /// The way there from inside; whoever begins it ends it, before the guest.
    Forwarding forwarding() {
        return forwarding;
    }

    /// Waits until every program of the guest finds the way, or it was not to be had.
    ///
    /// @return what is wrong
    Optional<String> await() throws InterruptedException {
        Optional<String> problem = forwarding.await();
        return problem.isPresent() ? problem : redirection.await(REDIRECT);
    }

    /// What tells the guest's programs where the exit is. Some know capitals only, others none.
    static Map<String, String> variables(SandboxName sandbox) {
        String proxy = "http://127.0.0.1:" + PORT;
        var variables = new TreeMap<String, String>();
        Stream.of("http_proxy", "https_proxy", "all_proxy")
                .forEach(name -> variables.put(name, proxy));
        variables.put("no_proxy", "localhost,127.0.0.1,::1," + sandbox);
        Map.copyOf(variables)
                .forEach((name, value) -> variables.put(name.toUpperCase(Locale.ROOT), value));
        return variables;
    }

    /// How it is at the moment, in a sentence.
    String state() {
        Optional<String> problem = forwarding.problem().or(redirection::problem);
        if (problem.isPresent()) {
            return problem.get();
        }
        Upstream upstream = gate.upstream();
        String through = upstream.equals(Upstream.NONE) ? "" : "through this host's proxy, ";
        return "%s%d connections now, %d refused so far"
                .formatted(through, proxy.connections(), log.refused());
    }

    @Override
    public void close() {
        owned.close();
    }
}
