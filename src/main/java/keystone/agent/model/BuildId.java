package keystone.agent.model;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Which build of a sandbox a guest carries: the image's brief digest and 64 random bits.
///
/// Made when a sandbox's disk is made, written into the disk by its first boot, and compared after
/// every boot: a guest that carries another one is not the one that was asked for.
public record BuildId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{12}-[0-9a-f]{16}");

    public BuildId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a build id: " + Printable.of(value));
        }
    }

    public static BuildId create(Digest image) {
        byte[] bits = new byte[8];
        // Not kept in the class, which every command loads: it takes 10 ms to make the first one.
        new SecureRandom().nextBytes(bits);
        return new BuildId(image.brief() + "-" + HexFormat.of().formatHex(bits));
    }

    @Override
    public String toString() {
        return value;
    }
}
