package keystone.agent.review;

import java.nio.charset.StandardCharsets;

/// Names for people.
final class Names {
    private Names() {}

    /// A name's bytes as UTF-8; what is none becomes U+FFFD. Still hostile.
    static String shown(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
