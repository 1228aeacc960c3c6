package keystone.agent.egress;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import keystone.agent.egress.LogIns.Renewal;
import keystone.agent.egress.SecretReader.Surroundings;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// The secrets of one sandbox: placeholders for its guest, and the values, which are put in on the
/// way out and stay here. Whether one is there is looked up each time, so what is stored or removed
/// meanwhile counts at once. Thread-safe.
public final class Secrets {
    private final SandboxName sandbox;
    private final List<SecretRef> refs;
    private final SecretReader reader;
    private final InstantSource clock;
    private final Redactor redactor = new Redactor();
    private final Map<SecretName, Binding> bindings = new TreeMap<>();
    private final Supplier<SSLContext> trust;
    private @Nullable Authority authority;

    Secrets(
            SandboxName sandbox,
            List<SecretRef> refs,
            SecretReader reader,
            InstantSource clock,
            Supplier<SSLContext> trust,
            Map<SecretName, String> placeholders) {
        this.sandbox = sandbox;
        this.refs = List.copyOf(refs);
        this.reader = reader;
        this.clock = clock;
        this.trust = new Once<>(trust);
        var random = new SecureRandom();
        for (SecretRef ref : this.refs) {
            String known = placeholders.getOrDefault(ref.name(), "");
            bindings.put(
                    ref.name(),
                    new Binding(
                            new HeldSecret(ref, reader, clock),
                            ref.shape().fits(known) ? known : ref.shape().draw(random)));
        }
    }

    /// Where secrets are read for one sandbox.
    ///
    /// @param environment of whoever starts the sandbox
    /// @param project real path
    /// @param stored what `tokens set` was given
    /// @param guestCanWrite whether a guest can change what a path leads to
    public record Origins(
            Map<String, String> environment,
            Path project,
            Path home,
            StoredSecrets stored,
            Predicate<Path> guestCanWrite) {
        public Origins {
            environment = Map.copyOf(environment);
        }

        /// The environment is full of secrets.
        @Override
        public String toString() {
            return "Origins[" + project + "]";
        }

        SecretReader reader(Supplier<Upstream> upstream, InstantSource clock) {
            var http = new HostHttp(() -> HostTrust.context(environment), upstream);
            return new SecretReader(
                    new Surroundings(environment, project, home, guestCanWrite),
                    stored,
                    new LogIns(home, Renewal.USUAL, http, clock));
        }
    }

    /// Reads nothing yet.
    ///
    /// @param placeholders of an earlier run, which stay what they were
    public static Secrets open(
            SandboxName sandbox,
            List<SecretRef> refs,
            Origins origins,
            Upstream upstream,
            InstantSource clock,
            Map<SecretName, String> placeholders) {
        return new Secrets(
                sandbox,
                refs,
                origins.reader(() -> upstream, clock),
                clock,
                () -> HostTrust.context(origins.environment()),
                placeholders);
    }

    /// What the guest holds in the place of each secret that is there now.
    public Map<SecretName, String> placeholders() {
        var placeholders = new TreeMap<SecretName, String>();
        for (SecretRef ref : refs) {
            if (reader.has(ref)) {
                placeholders.put(ref.name(), binding(ref.name()).placeholder());
            }
        }
        return placeholders;
    }

    /// All of them, to keep for the next run.
    public Map<SecretName, String> allPlaceholders() {
        var all = new TreeMap<SecretName, String>();
        bindings.forEach((name, binding) -> all.put(name, binding.placeholder()));
        return all;
    }

    private Binding binding(SecretName name) {
        Binding binding = bindings.get(name);
        if (binding == null) {
            throw UserError.notFound("there is no secret " + name, "keystone-agent tokens list");
        }
        return binding;
    }

    /// The certificate that the guest has to trust, in PEM; new for each run.
    public String authorityCertificate() {
        return authority().pem();
    }

    /// Takes secrets out of what is printed about this sandbox.
    public Redactor redactor() {
        return redactor;
    }

    /// Writes a value for a guest that the user lets have it; nothing is kept of it.
    public void deliver(SecretName name, OutputStream to) throws IOException, InterruptedException {
        to.write(value(binding(name)).reveal().getBytes(StandardCharsets.UTF_8));
        to.flush();
    }

    /// For [EgressProxy].
    Tunnel tunnel() {
        return new SecretTunnel(this);
    }

    /// Those that may go there and are there now; empty for nearly every target.
    List<Binding> boundFor(Target target) {
        var bound = new ArrayList<Binding>();
        for (SecretRef ref : refs) {
            if (ref.mayGoTo(target.host(), target.port()) && reader.has(ref)) {
                bound.add(binding(ref.name()));
            }
        }
        return bound;
    }

    /// The value as it is now, covered from here on.
    Secret value(Binding binding) throws InterruptedException {
        Secret secret = binding.held().current().secret();
        redactor.cover(secret);
        binding.remember(secret);
        return secret;
    }

    SandboxName sandbox() {
        return sandbox;
    }

    SSLContext trust() {
        return trust.get();
    }

    synchronized Authority authority() {
        Authority made = authority;
        if (made == null) {
            made = new Authority(sandbox, clock);
            authority = made;
        }
        return made;
    }

    /// Asks only once.
    private static final class Once<T> implements Supplier<T> {
        private final Supplier<T> first;
        private @Nullable T kept;

        Once(Supplier<T> first) {
            this.first = first;
        }

        @Override
        public synchronized T get() {
            T known = kept;
            if (known == null) {
                known = first.get();
                kept = known;
            }
            return known;
        }
    }

    @Override
    public String toString() {
        return "Secrets[" + sandbox + "]";
    }
}
