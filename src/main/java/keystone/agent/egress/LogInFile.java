package keystone.agent.egress;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.SecretSource.Agent;
import org.jspecify.annotations.Nullable;

/// What is in the file that an agent's log-in has left. What we do not know of it is kept as it is.
///
/// @param content the whole
/// @param tokens the part of it that has the tokens
record LogInFile(Agent agent, Json.Obj content, Json.Obj tokens) {
    /// How long an access token lasts whose server does not say.
    private static final Duration USUAL_LIFE = Duration.ofHours(1);

    private static final Duration LONGEST_LIFE = Duration.ofDays(366);

    static LogInFile parse(Agent agent, String text) {
        Json.Obj content = Json.parse(text).asObject();
        return new LogInFile(
                agent,
                content,
                switch (agent) {
                    case CLAUDE -> content.object("claudeAiOauth");
                    case CODEX -> content.object("tokens");
                    case GEMINI -> content;
                });
    }

    /// Whether a file of Claude Code's holds no log-in of its own.
    static boolean isWithout(String text) {
        return Json.parse(text).asObject().get("claudeAiOauth") == null;
    }

    String accessToken() {
        return tokens.string(agent == Agent.CLAUDE ? "accessToken" : "access_token");
    }

    @Nullable String refreshToken() {
        return tokens.stringOrNull(agent == Agent.CLAUDE ? "refreshToken" : "refresh_token");
    }

    /// Empty when the file does not say.
    Optional<Instant> expires() {
        return switch (agent) {
            case CLAUDE -> millis("expiresAt");
            case GEMINI -> millis("expiry_date");
            case CODEX -> expiryOf(accessToken());
        };
    }

    private Optional<Instant> millis(String member) {
        return switch (tokens.get(member)) {
            case Json.Int(long value) -> Optional.of(Instant.ofEpochMilli(value));
            case Json.Num(BigDecimal value) -> Optional.of(Instant.ofEpochMilli(value.longValue()));
            case null, default -> Optional.empty();
        };
    }

    /// Of a JSON Web Token (RFC 7519); its signature is its server's business.
    private static Optional<Instant> expiryOf(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            String claims =
                    new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            return Optional.ofNullable(Json.parse(claims).asObject().numberOrNull("exp"))
                    .map(Instant::ofEpochSecond);
        } catch (IllegalArgumentException | JsonException notOne) {
            return Optional.empty();
        }
    }

    /// A server need not say how long (RFC 6749, 5.1), and what it says need not make sense.
    private static Duration life(Json.Obj answer) {
        return switch (answer.get("expires_in")) {
            case Json.Int(long seconds) -> seconds(seconds);
            case Json.Num(BigDecimal seconds) -> seconds(seconds.longValue());
            case null, default -> USUAL_LIFE;
        };
    }

    private static Duration seconds(long said) {
        return Duration.ofSeconds(Math.clamp(said, 0, LONGEST_LIFE.toSeconds()));
    }

    private static @Nullable String text(Json.Obj answer, String member) {
        return answer.get(member) instanceof Json.Str(String text) ? text : null;
    }

    /// The same after its tokens were renewed. Throws nothing for whatever else an answer with an
    /// access token holds: it has spent the refresh token.
    ///
    /// @param answer the token endpoint's (RFC 6749, 5.1)
    LogInFile renewed(Json.Obj answer, Instant now) {
        var changed = new Json.Obj(new LinkedHashMap<>(tokens.members()));
        boolean isClaude = agent == Agent.CLAUDE;
        changed.with(isClaude ? "accessToken" : "access_token", answer.string("access_token"));
        String refresh = text(answer, "refresh_token");
        if (refresh != null) {
            changed.with(isClaude ? "refreshToken" : "refresh_token", refresh);
        }
        String identity = text(answer, "id_token");
        if (identity != null && !isClaude) {
            changed.with("id_token", identity);
        }
        if (agent != Agent.CODEX) {
            changed.with(
                    isClaude ? "expiresAt" : "expiry_date", now.plus(life(answer)).toEpochMilli());
        }
        return new LogInFile(agent, around(changed, now), changed);
    }

    private Json.Obj around(Json.Obj changed, Instant now) {
        var whole = new Json.Obj(new LinkedHashMap<>(content.members()));
        return switch (agent) {
            case CLAUDE -> whole.with("claudeAiOauth", changed);
            case CODEX -> whole.with("tokens", changed).with("last_refresh", now.toString());
            case GEMINI -> changed;
        };
    }

    @Override
    public String toString() {
        return "LogInFile[" + agent + "]";
    }
}
