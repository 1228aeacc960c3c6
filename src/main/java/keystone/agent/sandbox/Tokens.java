package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import keystone.agent.egress.HostSecrets;
import keystone.agent.egress.Secrets;
import keystone.agent.egress.StoredSecrets;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;

/// The secrets that sandboxes of a project may use, as this host has them.
public final class Tokens {
    /// What is stored has nothing to do with any.
    private static final Path NO_PROJECT = Path.of("/");

    private final Projects projects;
    private final Path store;
    private final Map<String, String> environment;
    private final Clock clock;

    /// @param store the directory for what `set` is given
    Tokens(Projects projects, Path store, Map<String, String> environment, Clock clock) {
        this.projects = projects;
        this.store = store;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    /// Those there are and those there could be.
    ///
    /// @param directory in or around which the project is
    public List<TokenEntry> list(Path directory) {
        return of(directory).list();
    }

    /// Keeps a value on this host, for every sandbox, running or not.
    ///
    /// @param held one line
    public void set(SecretName name, String held, Encoding encoding) {
        of(NO_PROJECT).set(name, held, encoding);
    }

    public void remove(SecretName name) {
        of(NO_PROJECT).remove(name);
    }

    /// Makes one real request with it.
    public TokenTrial test(SecretName name, Path directory) throws InterruptedException {
        return of(directory).test(name);
    }

    private HostSecrets of(Path directory) {
        Path project = real(projects.around(directory));
        var origins =
                new Secrets.Origins(
                        environment,
                        project,
                        Path.of(environment.getOrDefault("HOME", "/root")),
                        new StoredSecrets(store),
                        path -> projects.reach(project).includes(path));
        return HostSecrets.open(KnownSecrets.all(), origins, clock);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            throw new UncheckedIOException("cannot look at " + path, gone);
        }
    }
}
