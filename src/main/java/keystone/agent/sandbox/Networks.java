package keystone.agent.sandbox;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Holding;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.NetCheck;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UrlHost;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.SupervisorLock;
import keystone.agent.supervisor.NetChecks;
import keystone.agent.supervisor.SupervisorClient;

/// What may leave a sandbox for the network: to see it, and to change it, whether it runs or not.
public final class Networks {
    private static final Map<String, Integer> PORTS =
            Map.of("https", 443, "http", 80, "ssh", 22, "git", 9418, "wss", 443, "ws", 80);
    private static final int USUAL_PORT = 443;

    /// Commands that look at a sandbox, or write to it, have its lock for no more than a moment.
    static final Duration LOCK = Duration.ofSeconds(2);

    private final Projects projects;
    private final Map<String, String> proxies;

    /// @param proxies this host's own: the variables that name them
    Networks(Projects projects, Map<String, String> proxies) {
        this.projects = projects;
        this.proxies = Map.copyOf(proxies);
    }

    /// The policy that holds: of a running sandbox with what was said for this run.
    public EgressPolicy policy(SandboxName name) throws InterruptedException {
        SandboxDir dir = projects.named(name);
        Optional<SupervisorClient> running = running(dir);
        if (running.isEmpty()) {
            return dir.spec().egress();
        }
        try (SupervisorClient supervisor = running.get()) {
            return supervisor.netPolicy();
        }
    }

    /// What the mode `balanced` allows.
    public List<HostPattern> balanced() {
        return SupervisorClient.balancedHosts();
    }

    /// Adds a rule; it holds at once.
    ///
    /// @return the policy that holds now
    public EgressPolicy add(SandboxName name, Rule rule, Holding holding)
            throws InterruptedException {
        SandboxDir dir = projects.named(name);
        Optional<SupervisorClient> running = running(dir);
        if (running.isPresent()) {
            try (SupervisorClient supervisor = running.get()) {
                return supervisor.addNetRule(rule, holding);
            }
        }
        if (holding == Holding.ONCE) {
            throw UserError.wrongState(
                    "`" + name + "` does not run, and --once is for as long as it does",
                    "leave out --once, or: keystone-agent start --name " + name);
        }
        return write(dir, rule);
    }

    /// With the lock, so that no supervisor reads meanwhile what it writes back.
    private static EgressPolicy write(SandboxDir dir, Rule rule) throws InterruptedException {
        Optional<SupervisorLock> lock = dir.awaitLock(LOCK);
        if (lock.isEmpty()) {
            throw UserError.wrongState(
                    "`" + dir.name() + "` is starting or stopping",
                    "keystone-agent status " + dir.name() + "   # then again");
        }
        try (SupervisorLock _ = lock.get()) {
            return dir.changeSpec(spec -> spec.with(spec.egress().with(rule))).egress();
        }
    }

    /// What would become of a connection.
    ///
    /// @param url also HOST or HOST:PORT
    public NetCheck check(SandboxName name, String url) throws InterruptedException {
        SandboxDir dir = projects.named(name);
        HostPattern to = target(url);
        int port = to.port() == null ? USUAL_PORT : to.port();
        HostName host = to.host();
        Optional<SupervisorClient> running = running(dir);
        if (running.isEmpty()) {
            return NetChecks.of(dir.spec(), proxies, host, port);
        }
        try (SupervisorClient supervisor = running.get()) {
            return supervisor.netCheck(host, port);
        }
    }

    static HostPattern target(String url) {
        if (!url.contains("://")) {
            return single(url);
        }
        try {
            var uri = new URI(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            UrlHost named = UrlHost.of(uri).orElseThrow(() -> noUrl(url));
            Integer port = named.port() == null ? PORTS.get(scheme) : named.port();
            if (port == null) {
                throw UserError.usage(
                        "which port `" + Printable.of(scheme) + "` means is not known here",
                        "name it: keystone-agent net check " + named.host().authority() + ":PORT");
            }
            return new HostPattern(named.host(), HostPattern.Extent.ITSELF, port);
        } catch (URISyntaxException noUrl) {
            throw noUrl(url);
        }
    }

    private static UserError noUrl(String url) {
        return UserError.usage(
                "`" + Printable.of(url) + "` is not a URL", "use https://HOST/, or HOST:PORT");
    }

    private static HostPattern single(String text) {
        HostPattern pattern = HostPattern.parse(text);
        if (pattern.extent() == HostPattern.Extent.ALL_BELOW) {
            throw UserError.usage(
                    "`" + pattern + "` is not one host", "name one of those below it");
        }
        return pattern;
    }

    private static Optional<SupervisorClient> running(SandboxDir dir) {
        return SupervisorClient.connect(dir, SupervisorClient.Listener.none());
    }
}
