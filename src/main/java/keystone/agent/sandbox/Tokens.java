package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import keystone.agent.egress.HostSecrets;
import keystone.agent.egress.Secrets;
import keystone.agent.egress.StoredSecrets;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.supervisor.BaseUrls;
import keystone.agent.supervisor.SupervisorClient;

/// The secrets that sandboxes of a project may use, as this host has them.
public final class Tokens {
    /// What is stored has nothing to do with any.
    private static final Path NO_PROJECT = Path.of("/");

    private final Store sandboxes;
    private final Projects projects;
    private final Path store;
    private final Map<String, String> environment;
    private final Clock clock;

    /// @param store the directory for what `set` is given
    Tokens(
            Store sandboxes,
            Projects projects,
            Path store,
            Map<String, String> environment,
            Clock clock) {
        this.sandboxes = sandboxes;
        this.projects = projects;
        this.store = store;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    /// Lists the secrets that there are and those that there could be.
    ///
    /// @param own of the user's, beside those we know
    /// @param directory in or around which the project is
    public List<TokenEntry> list(List<SecretRef> own, Path directory) throws InterruptedException {
        Map<String, List<String>> held = held();
        return of(own, directory).list().stream()
                .map(each -> each.heldBy(held.getOrDefault(each.name().value(), List.of())))
                .toList();
    }

    /// By secret, the running sandboxes that have a placeholder for it; those that do not answer
    /// are left out.
    private Map<String, List<String>> held() throws InterruptedException {
        var held = new TreeMap<String, List<String>>();
        for (SandboxDir dir : sandboxes.all()) {
            Optional<SupervisorClient> running =
                    SupervisorClient.connect(dir, SupervisorClient.Listener.none());
            if (running.isEmpty()) {
                continue;
            }
            try (SupervisorClient supervisor = running.get()) {
                LiveFacts live = supervisor.status().live();
                List<String> names = live == null ? List.of() : live.secrets();
                names.forEach(
                        name ->
                                held.computeIfAbsent(name, _ -> new ArrayList<>())
                                        .add(dir.name().value()));
            } catch (UserError stuck) {
                // `status` says what is wrong with it.
            }
        }
        return held;
    }

    /// Keeps a value on this host, for every sandbox, running or not.
    ///
    /// @param held one line
    /// @return what did not reach a running sandbox, a sentence each
    public List<String> set(List<SecretRef> own, SecretName name, String held, Encoding encoding)
            throws InterruptedException {
        of(own, NO_PROJECT).set(name, held, encoding);
        return tellRunning();
    }

    /// Forgets what [#set] was given, for every sandbox.
    ///
    /// @return as [#set]
    public List<String> remove(SecretName name) throws InterruptedException {
        of(List.of(), NO_PROJECT).remove(name);
        return tellRunning();
    }

    /// What holds on the way out holds already; but guests need placeholders for what is new.
    private List<String> tellRunning() throws InterruptedException {
        var problems = new ArrayList<String>();
        for (SandboxDir dir : sandboxes.all()) {
            Optional<SupervisorClient> running =
                    SupervisorClient.connect(dir, SupervisorClient.Listener.none());
            if (running.isEmpty()) {
                continue;
            }
            try (SupervisorClient supervisor = running.get()) {
                supervisor
                        .refreshSecrets()
                        .forEach(each -> problems.add("`%s`: %s".formatted(dir.name(), each)));
            } catch (UserError failed) {
                // One that is not up yet asks by itself; one without a network has none.
                if (failed.kind() != UserError.Kind.WRONG_STATE) {
                    problems.add(failed.problem());
                }
            }
        }
        return problems;
    }

    /// Makes one real request with it.
    public TokenTrial test(List<SecretRef> own, SecretName name, Path directory)
            throws InterruptedException {
        // A gateway's key is for the gateway.
        List<SecretRef> bound = BaseUrls.of(environment).binding(KnownSecrets.with(own));
        return secrets(bound, directory).test(name);
    }

    private HostSecrets of(List<SecretRef> own, Path directory) {
        return secrets(KnownSecrets.with(own), directory);
    }

    private HostSecrets secrets(List<SecretRef> refs, Path directory) {
        Path project = real(projects.around(directory));
        var origins =
                new Secrets.Origins(
                        environment,
                        project,
                        Path.of(environment.getOrDefault("HOME", "/root")),
                        new StoredSecrets(store),
                        path -> projects.reach(project).includes(path));
        return HostSecrets.open(refs, origins, clock);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            throw new UncheckedIOException("cannot look at " + path, gone);
        }
    }
}
