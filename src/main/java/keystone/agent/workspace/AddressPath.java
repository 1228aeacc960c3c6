package keystone.agent.workspace;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// A path in an address (RFC 3986): what is not plainly part of a path is percent-encoded.
final class AddressPath {
    private static final String PLAIN = "/-._~";

    private AddressPath() {}

    static String of(String path) {
        var text = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
            if (plain) {
                text.append(c);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return text.toString();
    }
}
