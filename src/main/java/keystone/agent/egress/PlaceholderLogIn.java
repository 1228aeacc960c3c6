package keystone.agent.egress;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import org.jspecify.annotations.Nullable;

/// The file that an agent in the guest reads as its log-in: a placeholder where the host's has its
/// token, nothing to renew it with, and of the rest only what an agent cannot do without.
final class PlaceholderLogIn {
    /// No agent tries to renew a log-in that lasts: that is the host's affair.
    private static final Instant ENDS = Instant.parse("2099-01-01T00:00:00Z");

    private static final String OPENAI = "https://api.openai.com/auth";

    /// Of Codex's own claims: which plan is paid for, and by which account. No name, no address.
    private static final List<String> CLAIMS =
            List.of("chatgpt_plan_type", "chatgpt_account_id", "chatgpt_user_id");

    private PlaceholderLogIn() {}

    /// @param mark stands where the host's file has what renews a log-in
    static String of(LogInFile host, String placeholder, String mark) {
        Json.Obj file =
                switch (host.agent()) {
                    case CLAUDE -> claude(host.tokens(), placeholder, mark);
                    case CODEX -> codex(host.tokens(), placeholder, mark);
                    case GEMINI -> gemini(host.tokens(), placeholder, mark);
                };
        return file.pretty() + "\n";
    }

    private static Json.Obj claude(Json.Obj host, String placeholder, String mark) {
        Json.Obj tokens =
                Json.object()
                        .with("accessToken", placeholder)
                        .with("refreshToken", mark)
                        .with("expiresAt", ENDS.toEpochMilli());
        copy(host, tokens, "scopes");
        copy(host, tokens, "subscriptionType");
        copy(host, tokens, "rateLimitTier");
        return Json.object().with("claudeAiOauth", tokens);
    }

    private static Json.Obj codex(Json.Obj host, String placeholder, String mark) {
        Json.Obj tokens =
                Json.object()
                        .with("id_token", identity(host.stringOrNull("id_token")))
                        .with("access_token", placeholder)
                        .with("refresh_token", mark);
        copy(host, tokens, "account_id");
        return Json.object()
                .with("OPENAI_API_KEY", (Json) null)
                .with("tokens", tokens)
                .with("last_refresh", ENDS.toString());
    }

    private static Json.Obj gemini(Json.Obj host, String placeholder, String mark) {
        Json.Obj tokens =
                Json.object()
                        .with("access_token", placeholder)
                        .with("refresh_token", mark)
                        .with("token_type", "Bearer")
                        .with("expiry_date", ENDS.toEpochMilli());
        copy(host, tokens, "scope");
        return tokens;
    }

    private static void copy(Json.Obj from, Json.Obj to, String member) {
        Json value = from.get(member);
        if (value != null) {
            to.with(member, value);
        }
    }

    /// A JSON Web Token (RFC 7519) that nobody has signed.
    private static String identity(@Nullable String hosts) {
        Json.Obj kept = Json.object();
        Json.Obj claims = claims(hosts);
        CLAIMS.forEach(each -> copy(claims, kept, each));
        Json.Obj body = Json.object().with("exp", ENDS.getEpochSecond()).with(OPENAI, kept);
        return part(Json.object().with("alg", "none")) + "." + part(body) + "." + base64("none");
    }

    private static Json.Obj claims(@Nullable String token) {
        String[] parts = token == null ? new String[0] : token.split("\\.", -1);
        if (parts.length != 3) {
            return Json.object();
        }
        try {
            byte[] body = Base64.getUrlDecoder().decode(parts[1]);
            return Json.parse(new String(body, StandardCharsets.UTF_8)).asObject().object(OPENAI);
        } catch (IllegalArgumentException | JsonException notOne) {
            return Json.object();
        }
    }

    private static String part(Json.Obj json) {
        return base64(json.compact());
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
