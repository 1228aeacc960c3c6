package keystone.agent.guest;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import keystone.agent.model.Printable;

/// Marks every process of one session in the guest, as `KEYSTONE_EXEC` in its environment.
public record SessionToken(String value) {
    static final String VARIABLE = "KEYSTONE_EXEC";
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16,64}");
    private static final int BYTES = 16;

    public SessionToken {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a session's token: " + Printable.of(value));
        }
    }

    /// Straight from the kernel: `SecureRandom` would load half of Java's security providers on
    /// the way of every `exec`.
    public static SessionToken create() {
        try (var random = new FileInputStream("/dev/urandom")) {
            return new SessionToken(HexFormat.of().formatHex(random.readNBytes(BYTES)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /dev/urandom", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
