package keystone.agent.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import keystone.agent.model.SecretRef.Companion;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource.Agent;
import org.jspecify.annotations.Nullable;

/// The secrets that agents and git are known to need, and how their servers take them.
public final class KnownSecrets {
    private static final List<HostPattern> ANTHROPIC = hosts("api.anthropic.com");
    private static final List<HostPattern> GOOGLE = hosts("generativelanguage.googleapis.com");
    private static final List<HostPattern> GITHUB =
            hosts("api.github.com", "github.com", "uploads.github.com", "codeload.github.com");

    /// What Anthropic's servers want to see with a token of a subscription.
    private static final Companion OAUTH = new Companion("anthropic-beta", "oauth-2025-04-20");

    private static final List<SecretRef> ALL =
            List.of(
                    known(
                            "ANTHROPIC_API_KEY",
                            ANTHROPIC,
                            List.of(SecretPlace.header("x-api-key")),
                            null,
                            new PlaceholderShape("sk-ant-api03-", 108)),
                    known(
                            "ANTHROPIC_AUTH_TOKEN",
                            ANTHROPIC,
                            List.of(SecretPlace.bearer()),
                            null,
                            new PlaceholderShape("sk-ant-", 108)),
                    known(
                            "CLAUDE_CODE_OAUTH_TOKEN",
                            ANTHROPIC,
                            List.of(SecretPlace.bearer()),
                            OAUTH,
                            new PlaceholderShape("sk-ant-oat01-", 108),
                            new SecretSource.LogIn(Agent.CLAUDE)),
                    known(
                            "OPENAI_API_KEY",
                            hosts("api.openai.com"),
                            List.of(SecretPlace.bearer()),
                            null,
                            new PlaceholderShape("sk-proj-", 164),
                            new SecretSource.Variable("CODEX_API_KEY")),
                    logIn(
                            "CODEX_ACCESS_TOKEN",
                            hosts("chatgpt.com"),
                            new PlaceholderShape("", 164),
                            Agent.CODEX),
                    known(
                            "GEMINI_API_KEY",
                            GOOGLE,
                            List.of(
                                    SecretPlace.header("x-goog-api-key"),
                                    new SecretPlace.Query("key")),
                            null,
                            new PlaceholderShape("AIzaSy", 39),
                            new SecretSource.Variable("GOOGLE_API_KEY")),
                    logIn(
                            "GEMINI_ACCESS_TOKEN",
                            hosts("cloudcode-pa.googleapis.com"),
                            new PlaceholderShape("ya29-", 164),
                            Agent.GEMINI),
                    known(
                            "GH_TOKEN",
                            GITHUB,
                            List.of(
                                    SecretPlace.bearer(),
                                    new SecretPlace.Header("Authorization", "token {}"),
                                    new SecretPlace.Basic()),
                            null,
                            new PlaceholderShape("ghp_", 40),
                            new SecretSource.Variable("GITHUB_TOKEN")));

    private KnownSecrets() {}

    private static List<HostPattern> hosts(String... names) {
        return Stream.of(names).map(HostPattern::parse).toList();
    }

    /// One that people have in a variable.
    private static SecretRef known(
            String name,
            List<HostPattern> hosts,
            List<SecretPlace> places,
            @Nullable Companion also,
            PlaceholderShape shape,
            SecretSource... more) {
        var sources =
                new ArrayList<SecretSource>(
                        List.of(new SecretSource.Stored(), new SecretSource.Variable(name)));
        sources.addAll(List.of(more));
        // After all that is the user's alone: a guest may have written the project's files.
        sources.add(beforeLogIns(sources), new SecretSource.DotEnv(".env", name));
        return new SecretRef(
                new SecretName(name), sources, Encoding.PLAIN, hosts, places, also, shape);
    }

    private static int beforeLogIns(List<SecretSource> sources) {
        int at = 0;
        while (at < sources.size() && !(sources.get(at) instanceof SecretSource.LogIn)) {
            at++;
        }
        return at;
    }

    /// One that only a log-in gives, and that no variable holds.
    private static SecretRef logIn(
            String name, List<HostPattern> hosts, PlaceholderShape shape, Agent agent) {
        return new SecretRef(
                new SecretName(name),
                List.of(new SecretSource.LogIn(agent)),
                Encoding.PLAIN,
                hosts,
                List.of(SecretPlace.bearer()),
                null,
                shape);
    }

    /// The one that an agent's log-in on this host stands for; empty for those that have none.
    public static Optional<SecretName> ofLogIn(AgentName agent) {
        return ALL.stream()
                .filter(each -> each.sources().stream().anyMatch(source -> isLogIn(source, agent)))
                .map(SecretRef::name)
                .findFirst();
    }

    private static boolean isLogIn(SecretSource source, AgentName agent) {
        return source instanceof SecretSource.LogIn(Agent of)
                && of.name().equalsIgnoreCase(agent.value());
    }

    public static List<SecretRef> all() {
        return ALL;
    }

    /// These and the user's own, which go before those of their name.
    public static List<SecretRef> with(List<SecretRef> own) {
        var names = own.stream().map(SecretRef::name).toList();
        return Stream.concat(
                        own.stream(), ALL.stream().filter(each -> !names.contains(each.name())))
                .toList();
    }

    /// The one that somebody most likely meant who wrote `word`: a variable that it is read from,
    /// or a name that is nearly this one.
    public static Optional<String> likely(String word, Collection<SecretRef> refs) {
        var variable = new SecretSource.Variable(new SecretName(word).value());
        return refs.stream()
                .filter(each -> each.sources().contains(variable))
                .map(each -> each.name().value())
                .findFirst()
                .or(
                        () ->
                                Nearest.likely(
                                        word,
                                        refs.stream().map(each -> each.name().value()).toList()));
    }

    public static Optional<SecretRef> named(SecretName name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst();
    }
}
