package keystone.agent.egress;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import keystone.agent.egress.LogIns.Renewal;
import keystone.agent.egress.SecretReader.Surroundings;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// The secrets of one sandbox: placeholders for its guest, and the values, which are put in on the
/// way out and stay here. Whether one is there is looked up each time, so what is stored or removed
/// meanwhile counts at once. Thread-safe.
public final class Secrets {
    private final Run run;
    private final List<SecretRef> refs;
    private final SecretReader reader;
    private final InstantSource clock;
    private final Map<SecretName, Binding> bindings = new TreeMap<>();
    private final Supplier<List<Certificate>> trusted;
    private final Supplier<SSLContext> trust;
    private @Nullable Authority authority;

    /// @param trusted who vouches for servers, as this host sees it
    Secrets(
            Run run,
            List<SecretRef> refs,
            SecretReader reader,
            InstantSource clock,
            Supplier<List<Certificate>> trusted) {
        this.run = run;
        this.refs = List.copyOf(refs);
        this.reader = reader;
        this.clock = clock;
        this.trusted = new Once<>(trusted);
        this.trust = new Once<>(() -> HostTrust.trustingOf(this.trusted.get()));
        var random = new SecureRandom();
        for (SecretRef ref : this.refs) {
            String known = run.placeholders().getOrDefault(ref.name(), "");
            bindings.put(
                    ref.name(),
                    new Binding(
                            new HeldSecret(ref, reader, clock),
                            ref.shape().fits(known) ? known : ref.shape().draw(random)));
        }
    }

    /// One run of a sandbox.
    ///
    /// @param placeholders of an earlier run, which stay what they were
    /// @param redactor is told of every value that is read
    /// @param services of this host that its user has named
    public record Run(
            SandboxName sandbox,
            Map<SecretName, String> placeholders,
            Redactor redactor,
            HostServices services) {
        public Run {
            placeholders = Map.copyOf(placeholders);
        }

        public Run(SandboxName sandbox, Map<SecretName, String> placeholders, Redactor redactor) {
            this(sandbox, placeholders, redactor, HostServices.NONE);
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

        /// Whether a guest can change a file, by its path or where it really is.
        boolean isGuests(Path file) {
            Path whole = file.toAbsolutePath().normalize();
            return isGuestsAsNamed(whole) || isGuestsAsNamed(real(whole));
        }

        private boolean isGuestsAsNamed(Path file) {
            return file.startsWith(project) || guestCanWrite.test(file);
        }

        private static Path real(Path file) {
            try {
                return file.toRealPath();
            } catch (IOException missing) {
                return file;
            }
        }

        SecretReader reader(Supplier<Upstream> upstream, InstantSource clock) {
            var http = new HostHttp(() -> HostTrust.context(environment, this::isGuests), upstream);
            return new SecretReader(
                    new Surroundings(environment, project, home, guestCanWrite),
                    stored,
                    new LogIns(home, Renewal.USUAL, http, clock));
        }
    }

    /// Reads nothing yet.
    public static Secrets open(
            Run run,
            List<SecretRef> refs,
            Origins origins,
            Upstream upstream,
            InstantSource clock) {
        return new Secrets(
                run,
                refs,
                origins.reader(() -> upstream, clock),
                clock,
                () -> HostTrust.authorities(origins.environment(), origins::isGuests));
    }

    /// Of a process's variables those in which these secrets may be, and those that whoever reads
    /// them needs.
    public static Map<String, String> variables(
            List<SecretRef> refs, Map<String, String> ofProcess) {
        var variables = new TreeMap<>(ofProcess);
        var wanted = new TreeSet<>(SecretReader.OF_COMMANDS);
        wanted.addAll(HostTrust.ADDED);
        wanted.add("HOME");
        refs.stream()
                .flatMap(ref -> ref.sources().stream())
                .forEach(
                        source -> {
                            if (source instanceof SecretSource.Variable(String name)) {
                                wanted.add(name);
                            }
                        });
        variables.keySet().retainAll(wanted);
        // Whoever reads them works in another directory.
        HostTrust.ADDED.forEach(
                each ->
                        variables.computeIfPresent(
                                each,
                                (_, file) ->
                                        file.isEmpty()
                                                ? file
                                                : Path.of(file).toAbsolutePath().toString()));
        return variables;
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

    /// What agents in the guest are to find in the place of their own log-ins, by the path below
    /// the guest's home, as far as those are on this host and nothing stronger is.
    ///
    /// @param mark is somewhere in each
    public Map<String, String> logIns(String mark) {
        var files = new TreeMap<String, String>();
        for (SecretRef ref : refs) {
            reader.logIn(ref)
                    .ifPresent(
                            found ->
                                    files.put(
                                            found.agent().file(),
                                            PlaceholderLogIn.of(
                                                    found,
                                                    binding(ref.name()).placeholder(),
                                                    mark)));
        }
        return files;
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

    /// The same in a key store of Java's, with all that this host trusts.
    public byte[] javaTrust() {
        return authority().javaTrust(trusted.get());
    }

    /// Takes secrets out of what is printed about this sandbox.
    public Redactor redactor() {
        return run.redactor();
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
        run.redactor().cover(secret);
        binding.remember(secret);
        return secret;
    }

    HostServices services() {
        return run.services();
    }

    SSLContext trust() {
        return trust.get();
    }

    synchronized Authority authority() {
        Authority made = authority;
        if (made == null) {
            made = new Authority(run.sandbox(), clock);
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
        return "Secrets[" + run.sandbox() + "]";
    }
}
