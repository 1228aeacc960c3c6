package keystone.agent.model;

import java.util.regex.Pattern;

/// What a secret is called: the variable in which a guest's programs look for it.
public record SecretName(String value) implements Comparable<SecretName> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    public SecretName {
        if (!FORM.matcher(value).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(shortened(value)) + "` cannot be the name of a secret",
                    "name it like a variable: letters, digits and `_`, such as MY_API_KEY");
        }
    }

    /// Somebody may have typed the secret itself in the place of its name.
    private static String shortened(String text) {
        return text.length() <= 12 ? text : text.substring(0, 6) + "…";
    }

    @Override
    public int compareTo(SecretName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
