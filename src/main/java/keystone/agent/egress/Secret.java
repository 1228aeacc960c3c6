package keystone.agent.egress;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// The value of a secret. It never prints itself, and only this room can read it.
public final class Secret {
    static final int LONGEST = 16 << 10;

    private final SecretName name;
    private final String value;

    private Secret(SecretName name, String value) {
        this.name = name;
        this.value = value;
    }

    /// Takes what a source held: one line, which may end.
    ///
    /// @throws UserError when it could not stand in a request; without the value
    static Secret of(SecretName name, String held, Encoding encoding) {
        String line = withoutEnd(held);
        String value = encoding == Encoding.BASE64 ? decoded(name, line) : line;
        if (value.isEmpty()) {
            throw bad(name, "is empty", "give it a value, or take its source away");
        }
        if (value.length() > LONGEST) {
            throw bad(name, "is longer than any key", "see that its source gives the key alone");
        }
        if (value.chars().anyMatch(c -> c == '\n' || c == '\r')) {
            throw bad(
                    name,
                    "has more than one line",
                    "let its source give the key alone, such as the first line of what it gives"
                            + " now; if it is in base64, say --encoding base64");
        }
        if (!value.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw bad(
                    name,
                    "has blanks or characters that are in no key",
                    "see that its source gives the key alone; if it is in base64, say"
                            + " --encoding base64");
        }
        return new Secret(name, value);
    }

    private static String withoutEnd(String held) {
        if (held.endsWith("\r\n")) {
            return held.substring(0, held.length() - 2);
        }
        return held.endsWith("\n") ? held.substring(0, held.length() - 1) : held;
    }

    private static String decoded(SecretName name, String line) {
        try {
            String text =
                    new String(
                            Base64.getMimeDecoder().decode(line.strip()),
                            StandardCharsets.ISO_8859_1);
            if (!line.strip().matches("[A-Za-z0-9+/\\s]*={0,2}")) {
                throw new IllegalArgumentException("it would be passed over");
            }
            return withoutEnd(text);
        } catch (IllegalArgumentException notBase64) {
            // Not the cause: it may quote a character of the value.
            throw bad(name, "is not in base64", "leave out --encoding, or encode it");
        }
    }

    private static UserError bad(SecretName name, String what, String fix) {
        return UserError.failed("the secret " + name + " " + what, fix);
    }

    SecretName name() {
        return name;
    }

    String reveal() {
        return value;
    }

    /// How it is shown: enough to recognise it, and of no use.
    public String masked() {
        return value.length() < 20 ? "…" : "…" + value.substring(value.length() - 4);
    }

    /// Takes the same time wherever the two differ.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret that
                && name.equals(that.name)
                && MessageDigest.isEqual(bytes(), that.bytes());
    }

    private byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /// Of the name alone: a hash of the value would tell of it.
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return "Secret[" + name + "]";
    }
}
