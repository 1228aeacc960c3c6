package keystone.agent.process;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/// The bytes of a path: Linux file names are bytes, and only their URI form shows Java's all of
/// them.
public final class RawPath {
    /// Every encoding of file names that Linux knows has ASCII below it, and what cannot be decoded
    /// becomes U+FFFD.
    private static final int FIRST_OF_SEVERAL_BYTES = 0x80;

    private RawPath() {}

    /// An absolute path's bytes.
    static byte[] bytesOf(Path absolute) {
        String encoded = absolute.toUri().getRawPath();
        var bytes = new byte[encoded.length()];
        int length = 0;
        for (int i = 0; i < encoded.length(); i++) {
            boolean escape = encoded.charAt(i) == '%';
            bytes[length++] =
                    escape
                            ? (byte) HexFormat.fromHexDigits(encoded, i + 1, i + 3)
                            : (byte) encoded.charAt(i);
            i += escape ? 2 : 0;
        }
        // A URI ends in `/` when there is a directory of that name.
        return Arrays.copyOf(bytes, length > 1 && bytes[length - 1] == '/' ? length - 1 : length);
    }

    /// A relative path's bytes, each as the character of the same number.
    public static String nameOf(Path relative) {
        String decoded = relative.toString();
        // Spares most names the way through a URI, which looks at the file.
        if (decoded.chars().allMatch(each -> each < FIRST_OF_SEVERAL_BYTES)) {
            return decoded;
        }
        byte[] absolute = bytesOf(Path.of("/").resolve(relative));
        return new String(absolute, 1, absolute.length - 1, StandardCharsets.ISO_8859_1);
    }

    /// Where a link leads, relative or not, in the same form.
    public static String linkOf(Path target) {
        return target.isAbsolute()
                ? new String(bytesOf(target), StandardCharsets.ISO_8859_1)
                : nameOf(target);
    }

    /// The relative path that [#nameOf] gave.
    ///
    /// @param name not empty, without NUL, not beginning with `/`
    public static Path ofName(String name) {
        var encoded = new StringBuilder("file:///");
        for (byte each : name.getBytes(StandardCharsets.ISO_8859_1)) {
            if (each == '/') {
                encoded.append('/');
            } else {
                encoded.append('%').append(HexFormat.of().toHexDigits(each));
            }
        }
        Path absolute = Path.of(URI.create(encoded.toString()));
        return absolute.subpath(0, absolute.getNameCount());
    }
}
