package keystone.agent.egress;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import keystone.agent.egress.HostHttp.Answer;
import keystone.agent.model.HostName;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.TokenTrial;
import keystone.agent.model.TokenTrial.Outcome;

/// Shows a secret to its own server, with a request that only looks, and reads the answer.
final class Trials {
    private static final Map<String, String> NONE = Map.of();
    private static final int HTTPS = 443;

    /// One request for each secret that has a harmless one. A user can have a secret of that name
    /// go elsewhere.
    private static final Map<String, Trial> KNOWN =
            Map.of(
                    "ANTHROPIC_API_KEY",
                    anthropic(),
                    "ANTHROPIC_AUTH_TOKEN",
                    anthropic(),
                    "CLAUDE_CODE_OAUTH_TOKEN",
                    anthropic(),
                    "OPENAI_API_KEY",
                    new Trial("https://api.openai.com/v1/models", NONE),
                    "GEMINI_API_KEY",
                    new Trial(
                            "https://generativelanguage.googleapis.com/v1beta/models"
                                    + "?pageSize=1",
                            NONE),
                    "GH_TOKEN",
                    new Trial("https://api.github.com/rate_limit", NONE));

    private final HostHttp http;
    private final Optional<URI> instead;

    Trials(HostHttp http) {
        this(http, Optional.empty());
    }

    /// @param instead where to ask in the place of every server
    Trials(HostHttp http, Optional<URI> instead) {
        this.http = http;
        this.instead = instead;
    }

    private record Trial(String uri, Map<String, String> headers) {}

    private static Trial anthropic() {
        return new Trial(
                "https://api.anthropic.com/v1/models?limit=1",
                Map.of("anthropic-version", "2023-06-01"));
    }

    /// Where it would ask; empty where there is nothing to ask.
    static Optional<URI> uriOf(SecretName name) {
        return Optional.ofNullable(KNOWN.get(name.value())).map(Trial::uri).map(URI::create);
    }

    TokenTrial of(SecretRef ref, Secret secret) throws InterruptedException {
        Trial trial = KNOWN.get(ref.name().value());
        if (trial == null) {
            return unclear(ref.name() + " was read; its server has no request that only looks");
        }
        String server = URI.create(trial.uri()).getHost();
        if (!ref.mayGoTo(HostName.parse(server), HTTPS)) {
            return unclear(
                    "%s was read; it may not go to %s, and others have no request that only looks"
                            .formatted(ref.name(), server));
        }
        if (!(ref.places().getFirst() instanceof SecretPlace.Header)) {
            return unclear(
                    "%s was read; %s is asked with a header, where it does not stand"
                            .formatted(ref.name(), server));
        }
        URI uri = instead.orElse(URI.create(trial.uri()));
        try {
            return read(ref.name(), uri.getHost(), http.get(uri, headers(ref, secret, trial)));
        } catch (IOException unreachable) {
            return unclear(uri.getHost() + " cannot be reached, so nothing is known");
        }
    }

    private static Map<String, String> headers(SecretRef ref, Secret secret, Trial trial) {
        var headers = new LinkedHashMap<>(trial.headers());
        if (ref.places().getFirst() instanceof SecretPlace.Header header) {
            headers.put(header.name(), header.before() + secret.reveal() + header.after());
        }
        SecretRef.Companion also = ref.also();
        if (also != null) {
            headers.put(also.header(), also.word());
        }
        return headers;
    }

    private static TokenTrial read(SecretName name, String host, Answer answer) {
        int status = answer.status();
        String said = "%s answered %d".formatted(host, status);
        if (status / 100 == 2) {
            return new TokenTrial(Outcome.WORKS, name + " works: " + said);
        }
        // Google's way to say 401.
        boolean isInvalid = status == 400 && answer.body().contains("API_KEY_INVALID");
        if (status == 401 || status == 403 || isInvalid) {
            return new TokenTrial(Outcome.REFUSED, name + " is not taken: " + said);
        }
        return status == 429
                ? new TokenTrial(
                        Outcome.WORKS, name + " is known, and has no more to spend: " + said)
                : unclear(said + ", which says nothing about " + name);
    }

    private static TokenTrial unclear(String sentence) {
        return new TokenTrial(Outcome.UNCLEAR, sentence);
    }
}
