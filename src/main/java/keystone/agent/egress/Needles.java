package keystone.agent.egress;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/// The forms in which a secret could be met: as it is, as part of a URL or a JSON text, and within
/// something that is in base64, wherever in it it begins.
final class Needles {
    /// What is shorter would be found everywhere.
    static final int SHORTEST = 6;

    private final List<String> forms;

    private Needles(List<String> forms) {
        this.forms = forms;
    }

    static Needles of(Secret secret) {
        String value = secret.reveal();
        var forms = new LinkedHashSet<String>();
        forms.add(value);
        String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
        forms.add(encoded);
        forms.add(lowerEscapes(encoded));
        forms.add(value.replace("\\", "\\\\").replace("\"", "\\\""));
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        for (int before = 0; before < 3; before++) {
            String within = within(bytes, before);
            forms.add(within);
            forms.add(within.replace('+', '-').replace('/', '_'));
        }
        return new Needles(
                forms.stream()
                        .filter(form -> form.length() >= SHORTEST)
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .toList());
    }

    private static String lowerEscapes(String encoded) {
        var text = new StringBuilder(encoded);
        for (int at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 1)) {
            text.replace(at + 1, at + 3, text.substring(at + 1, at + 3).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    /// The characters of base64 that these bytes alone decide, when so many others stand before
    /// them in their group of three.
    private static String within(byte[] bytes, int before) {
        byte[] padded = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, padded, before, bytes.length);
        int first = (before * 8 + 5) / 6;
        int end = padded.length * 8 / 6;
        return Base64.getEncoder().encodeToString(padded).substring(first, end);
    }

    /// The longest first.
    List<String> forms() {
        return forms;
    }

    String replaceIn(String text, String replacement) {
        String result = text;
        for (String form : forms) {
            result = result.replace(form, replacement);
        }
        return result;
    }

    @Override
    public String toString() {
        return "Needles[" + forms.size() + "]";
    }
}
