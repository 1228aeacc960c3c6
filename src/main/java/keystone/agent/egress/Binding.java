package keystone.agent.egress;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import keystone.agent.egress.HttpHead.Field;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef.Companion;
import org.jspecify.annotations.Nullable;

/// A secret and the placeholder that the guest holds for it: exchanges one for the other, in the
/// places that the secret is for and nowhere else.
final class Binding {
    private static final String BASIC = "basic ";

    /// Values of one run; who changes a secret more often has older ones that are worth nothing.
    private static final int MOST_SEEN = 16;

    private final HeldSecret held;
    private final String placeholder;
    private final SequencedMap<Secret, Needles> seen = new LinkedHashMap<>();

    Binding(HeldSecret held, String placeholder) {
        this.held = held;
        this.placeholder = placeholder;
    }

    HeldSecret held() {
        return held;
    }

    String placeholder() {
        return placeholder;
    }

    /// From now on this value is recognised when it comes back.
    void remember(Secret secret) {
        synchronized (seen) {
            if (seen.size() == MOST_SEEN && !seen.containsKey(secret)) {
                seen.pollFirstEntry();
            }
            var _ = seen.computeIfAbsent(secret, Needles::of);
        }
    }

    /// The same text with the placeholder for every value that was ever put in.
    String masked(String text) {
        String result = text;
        synchronized (seen) {
            for (Needles each : seen.values()) {
                result = each.replaceIn(result, placeholder);
            }
        }
        return result;
    }

    /// Whether the placeholder stands where the secret is to stand.
    boolean isMeant(HttpHead head) {
        return exchanged(head, "") != null;
    }

    /// The same with the secret in the placeholder's places.
    HttpHead withSecret(HttpHead head, Secret secret) {
        HttpHead changed = exchanged(head, secret.reveal());
        if (changed == null) {
            return head;
        }
        Companion also = held.ref().also();
        return also == null ? changed : withCompanion(changed, also);
    }

    private @Nullable HttpHead exchanged(HttpHead head, String value) {
        String start = head.start();
        var fields = new ArrayList<>(head.fields());
        for (SecretPlace place : held.ref().places()) {
            switch (place) {
                case SecretPlace.Header header ->
                        fields.replaceAll(field -> inHeader(header, field, value));
                case SecretPlace.Basic _ -> fields.replaceAll(field -> inBasic(field, value));
                case SecretPlace.Query(String parameter) ->
                        start = inQuery(parameter, start, value);
            }
        }
        boolean same = start.equals(head.start()) && fields.equals(head.fields());
        return same ? null : new HttpHead(start, fields);
    }

    private Field inHeader(SecretPlace.Header header, Field field, String value) {
        String said = field.value();
        String before = header.before();
        boolean isIt =
                field.is(header.name())
                        && said.length()
                                == before.length() + placeholder.length() + header.after().length()
                        // The name of a scheme is the same in capitals.
                        && said.regionMatches(true, 0, before, 0, before.length())
                        && said.startsWith(placeholder, before.length())
                        && said.endsWith(header.after());
        return isIt
                ? new Field(
                        field.name(), said.substring(0, before.length()) + value + header.after())
                : field;
    }

    private Field inBasic(Field field, String value) {
        String said = field.value();
        if (!field.is("authorization") || !said.toLowerCase(Locale.ROOT).startsWith(BASIC)) {
            return field;
        }
        String pair;
        try {
            byte[] decoded = Base64.getDecoder().decode(said.substring(BASIC.length()).strip());
            pair = new String(decoded, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException notBase64) {
            return field;
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return field;
        }
        String user = pair.substring(0, colon);
        String password = pair.substring(colon + 1);
        if (!user.equals(placeholder) && !password.equals(placeholder)) {
            return field;
        }
        String changed =
                (user.equals(placeholder) ? value : user)
                        + ":"
                        + (password.equals(placeholder) ? value : password);
        byte[] bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
        return new Field(
                field.name(),
                said.substring(0, BASIC.length()) + Base64.getEncoder().encodeToString(bytes));
    }

    private String inQuery(String parameter, String start, String value) {
        int mark = start.indexOf('?');
        if (mark < 0) {
            return start;
        }
        int end = start.lastIndexOf(' ');
        var pairs = new ArrayList<String>();
        for (String pair : start.substring(mark + 1, end).split("&", -1)) {
            int equals = pair.indexOf('=');
            boolean isIt =
                    equals > 0
                            && decoded(pair.substring(0, equals)).equals(parameter)
                            && decoded(pair.substring(equals + 1)).equals(placeholder);
            pairs.add(
                    isIt
                            ? pair.substring(0, equals + 1)
                                    + URLEncoder.encode(value, StandardCharsets.UTF_8)
                            : pair);
        }
        return start.substring(0, mark + 1) + String.join("&", pairs) + start.substring(end);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    private static HttpHead withCompanion(HttpHead head, Companion also) {
        if (InnerRequest.words(head, also.header()).anyMatch(also.word()::equals)) {
            return head;
        }
        var fields = new ArrayList<>(head.fields());
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            if (field.is(also.header())) {
                fields.set(i, new Field(field.name(), field.value() + "," + also.word()));
                return new HttpHead(head.start(), fields);
            }
        }
        fields.add(new Field(also.header(), also.word()));
        return new HttpHead(head.start(), fields);
    }

    @Override
    public String toString() {
        return "Binding[" + held.ref().name() + "]";
    }
}
