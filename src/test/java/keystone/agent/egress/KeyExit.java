package keystone.agent.egress;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.PlaceholderShape;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.process.Owned;

/// An exit with one secret, for the service at one port of this host.
final class KeyExit {
    static final String VALUE = "canary-value-4d1f0a77b2c94e5f8a60";

    /// Vouches for services.
    static final Authority WORLD = new Authority(new SandboxName("world"), InstantSource.system());

    private final Owned owned;
    private final Path directory;
    private final Secrets secrets;

    private KeyExit(Owned owned, Path directory, Secrets secrets) {
        this.owned = owned;
        this.directory = directory;
        this.secrets = secrets;
    }

    /// Opens it.
    ///
    /// @param owned closes it
    static KeyExit open(Owned owned, Path directory, int port, HostServices services)
            throws InterruptedException {
        var sources = new SourceScene(directory);
        owned.own(sources::close);
        sources.environment.put("KEY", VALUE);
        var blue = new SandboxName("blue");
        var secrets =
                new Secrets(
                        new Secrets.Run(blue, Map.of(), new Redactor(), services),
                        List.of(secret(port)),
                        sources.reader(),
                        sources.clock,
                        () -> List.of(WORLD.certificate()));
        EgressPolicy policy =
                EgressPolicy.of(EgressMode.BALANCED)
                        .with(new Rule(EgressPolicy.hostPort(port), Effect.ALLOW));
        var seconds = Duration.ofSeconds(10);
        owned.own(
                EgressProxy.open(
                        directory.resolve("p.sock"),
                        Gate.open(blue, policy, Upstream.NONE).leadingTo(services),
                        owned.own(EgressLog.open(directory.resolve("egress.jsonl"))),
                        InstantSource.system(),
                        new Limits(64, 8 << 10, seconds, seconds, seconds),
                        secrets.tunnel()));
        return new KeyExit(owned, directory, secrets);
    }

    private static SecretRef secret(int port) {
        return new SecretRef(
                SourceScene.NAME,
                List.of(new SecretSource.Variable("KEY")),
                Encoding.PLAIN,
                List.of(EgressPolicy.hostPort(port)),
                List.of(SecretPlace.header("X-Api-Key")),
                null,
                new PlaceholderShape("sk-ant-", 60));
    }

    Secrets secrets() {
        return secrets;
    }

    String placeholder() {
        return Objects.requireNonNull(secrets.allPlaceholders().get(SourceScene.NAME));
    }

    RawClient client() {
        return owned.own(RawClient.to(directory.resolve("p.sock")));
    }
}
