package keystone.agent.supervisor;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import keystone.agent.egress.HostServices;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.UrlHost;
import keystone.agent.model.UserError;

/// Where agents' servers are, when the user has said so on this host: a company's gateway, or a
/// model on this very machine. The guest is told, that one host and port is opened for this run,
/// and the key goes there and to no other host.
public record BaseUrls(List<BaseUrl> all) {
    /// Which variable is about which secrets.
    private static final Map<String, Set<String>> SECRETS =
            Map.of(
                    "ANTHROPIC_BASE_URL", Set.of("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
                    "OPENAI_BASE_URL", Set.of("OPENAI_API_KEY"),
                    "GOOGLE_GEMINI_BASE_URL", Set.of("GEMINI_API_KEY"));

    /// Elsewhere on the loopback somebody else may listen on the same port.
    private static final Set<String> REACHED = Set.of("localhost", "127.0.0.1", "::1");

    static final Set<String> VARIABLES = SECRETS.keySet();

    /// One of them.
    public record BaseUrl(String variable, URI uri, HostName host, int port) {
        boolean isOnThisHost() {
            return host.isLoopback();
        }

        boolean hasTls() {
            return "https".equalsIgnoreCase(uri.getScheme());
        }

        boolean mayHaveKeys() {
            return hasTls() || isOnThisHost();
        }

        boolean isFor(SecretName secret) {
            return SECRETS.getOrDefault(variable, Set.of()).contains(secret.value());
        }

        HostPattern pattern() {
            return isOnThisHost()
                    ? EgressPolicy.hostPort(port)
                    : new HostPattern(host, HostPattern.Extent.ITSELF, port);
        }

        /// As the guest knows it: its own loopback is another.
        String inGuest() {
            if (!isOnThisHost()) {
                return uri.toString();
            }
            String path = uri.getRawPath() == null ? "" : uri.getRawPath();
            return uri.getScheme() + "://" + EgressPolicy.THIS_HOST + ":" + port + path;
        }
    }

    /// Reads what the variables say.
    ///
    /// @throws UserError when one of them cannot be used
    public static BaseUrls of(Map<String, String> environment) {
        var all = new ArrayList<BaseUrl>();
        for (String variable : VARIABLES) {
            String text = environment.getOrDefault(variable, "").strip();
            if (!text.isEmpty()) {
                all.add(parse(variable, text));
            }
        }
        return new BaseUrls(List.copyOf(all));
    }

    private static BaseUrl parse(String variable, String text) {
        try {
            var uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            UrlHost named = UrlHost.of(uri).orElseThrow(() -> unusable(variable));
            if (UrlHost.user(uri) != null || !scheme.matches("https?")) {
                throw unusable(variable);
            }
            HostName name = named.host();
            if (name.isLoopback() && !REACHED.contains(name.text())) {
                throw UserError.usage(
                        "this host's %s names %s, and a guest reaches services of this host at 127.0.0.1 and ::1 only"
                                .formatted(variable, name),
                        "have the service listen on 127.0.0.1, and set %s so".formatted(variable));
            }
            int usual = scheme.equals("https") ? 443 : 80;
            return new BaseUrl(variable, uri, name, named.portOr(usual));
        } catch (URISyntaxException noUrl) {
            throw unusable(variable);
        }
    }

    /// Not the value: it may hold a password.
    private static UserError unusable(String variable) {
        return UserError.usage(
                "this host's " + variable + " is not a URL of the kind https://HOST/PATH",
                "set it so, or unset it, for this command");
    }

    /// With what they need, unless the user has denied it.
    EgressPolicy opening(EgressPolicy policy) {
        EgressPolicy opened = policy;
        for (BaseUrl each : all) {
            HostPattern pattern = each.pattern();
            // Our rule would be closer than theirs, whatever theirs names besides.
            boolean isDenied =
                    policy.ruleFor(pattern.host(), each.port())
                            .filter(rule -> rule.effect() == Effect.DENY)
                            .isPresent();
            if (!isDenied) {
                opened = opened.with(new Rule(pattern, Effect.ALLOW));
            }
        }
        return opened;
    }

    /// Where those of them are that are on this host.
    ///
    /// @throws UserError when one port would have to be two services
    HostServices services() {
        HostServices services = HostServices.NONE;
        for (BaseUrl each : all) {
            if (each.isOnThisHost()) {
                services =
                        services.with(
                                each.port(), new HostServices.Service(each.host(), each.hasTls()));
            }
        }
        return services;
    }

    /// What a person should know: which secrets stay away from where they seem to be meant for.
    ///
    /// @param there those that the guest may use
    List<String> notices(Set<SecretName> there) {
        var notices = new ArrayList<String>();
        for (BaseUrl each : all) {
            there.stream()
                    .filter(name -> !each.mayHaveKeys() && each.isFor(name))
                    .forEach(
                            name ->
                                    notices.add(
                                            "%s does not go to %s: over a network no secret goes without TLS; fix: an https:// in %s"
                                                    .formatted(
                                                            name, each.host(), each.variable())));
        }
        return notices;
    }

    /// The same secrets; those that are for one of these go there instead. Over a network not
    /// without TLS; to this host's loopback as its user says, as nobody between could read it.
    public List<SecretRef> binding(List<SecretRef> refs) {
        return refs.stream().map(this::bound).toList();
    }

    private SecretRef bound(SecretRef ref) {
        return all.stream()
                .filter(each -> each.mayHaveKeys() && each.isFor(ref.name()))
                .findFirst()
                .map(each -> ref.to(List.of(each.pattern())))
                .orElse(ref);
    }

    /// For the guest's sessions.
    Map<String, String> variables() {
        var variables = new TreeMap<String, String>();
        all.forEach(each -> variables.put(each.variable(), each.inGuest()));
        return variables;
    }
}
