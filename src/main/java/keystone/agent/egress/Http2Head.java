package keystone.agent.egress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.egress.HttpHead.Field;
import keystone.agent.egress.hpack.HeaderField;

/// Requests and answers of HTTP/2 as those of HTTP/1.1 that say the same (RFC 9113, 8.3): so both
/// are judged, and get their secrets, by the same rules. And back again.
final class Http2Head {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+");
    private static final Pattern VALUE =
            Pattern.compile(
                    "([^\\x00-\\x20\\x7f]([^\\x00-\\x08\\x0a-\\x1f\\x7f]*[^\\x00-\\x20\\x7f])?)?");
    private static final Pattern STATUS = Pattern.compile("[1-5]\\d\\d");

    private static final Set<String> OF_REQUESTS =
            Set.of(":method", ":scheme", ":authority", ":path");
    private static final Set<String> OF_ANSWERS = Set.of(":status");

    /// What there is none of in HTTP/2: whoever translates it to HTTP/1.1 might see another end of
    /// the body than we do.
    private static final Set<String> OF_CONNECTIONS =
            Set.of(
                    "connection",
                    "proxy-connection",
                    "keep-alive",
                    "transfer-encoding",
                    "upgrade",
                    "http2-settings");

    private static final Pattern START = Pattern.compile("(\\S+) (\\S+) HTTP/1\\.1");

    private Http2Head() {}

    /// @throws Malformed when two readers could understand it differently
    static HttpHead request(List<HeaderField> fields) throws Malformed {
        Map<String, String> own = own(fields, OF_REQUESTS);
        if (!own.keySet().equals(OF_REQUESTS) || !"https".equals(own.get(":scheme"))) {
            throw new Malformed("this is not a request of HTTP/2 to a server");
        }
        String authority = own.getOrDefault(":authority", "");
        var others = new ArrayList<>(List.of(new Field("host", authority)));
        for (Field field : others(fields)) {
            if (!field.is("host")) {
                others.add(field);
            } else if (!field.value().equals(authority)) {
                throw new Malformed(
                        InnerRequest.MISDIRECTED, "its Host and its :authority are not one");
            }
        }
        return new HttpHead(own.get(":method") + " " + own.get(":path") + " HTTP/1.1", others);
    }

    /// What [#request] was made of.
    static List<HeaderField> ofRequest(HttpHead head) {
        Matcher start = START.matcher(head.start());
        if (!start.matches()) {
            throw new IllegalArgumentException("not a request of HTTP/1.1");
        }
        var fields =
                new ArrayList<>(
                        List.of(
                                new HeaderField(":method", start.group(1)),
                                new HeaderField(":scheme", "https"),
                                new HeaderField(":authority", head.values("host").getFirst()),
                                new HeaderField(":path", start.group(2))));
        head.fields().stream()
                .filter(each -> !each.is("host"))
                .map(Http2Head::lower)
                .forEach(fields::add);
        return fields;
    }

    /// The name of a field has no capitals here, whoever has added it.
    private static HeaderField lower(Field field) {
        return new HeaderField(field.name().toLowerCase(Locale.ROOT), field.value());
    }

    /// An answer, whose start is the status alone; or what comes after a body, whose start is
    /// empty.
    static HttpHead answer(List<HeaderField> fields) throws Malformed {
        Map<String, String> own = own(fields, OF_ANSWERS);
        String status = own.getOrDefault(":status", "");
        if (!own.isEmpty() && !STATUS.matcher(status).matches()) {
            throw new Malformed("it is not an answer of HTTP/2");
        }
        return new HttpHead(status, others(fields));
    }

    /// What [#answer] was made of.
    static List<HeaderField> ofAnswer(HttpHead head) {
        Stream<HeaderField> status =
                head.start().isEmpty()
                        ? Stream.of()
                        : Stream.of(new HeaderField(":status", head.start()));
        return Stream.concat(status, head.fields().stream().map(Http2Head::lower)).toList();
    }

    /// What comes after a request's body.
    static List<HeaderField> trailing(List<HeaderField> fields) throws Malformed {
        return others(fields).size() == fields.size() ? fields : refuseOwn();
    }

    private static List<HeaderField> refuseOwn() throws Malformed {
        throw new Malformed("header lines of the protocol's own stand after a body");
    }

    private static Map<String, String> own(List<HeaderField> fields, Set<String> known)
            throws Malformed {
        var own = new HashMap<String, String>();
        boolean over = false;
        for (HeaderField field : fields) {
            if (!isOwn(field)) {
                over = true;
                continue;
            }
            if (over || !known.contains(field.name()) || own.containsKey(field.name())) {
                throw new Malformed("a header line of the protocol's own has no place there");
            }
            own.put(field.name(), field.value());
        }
        return own;
    }

    private static boolean isOwn(HeaderField field) {
        return field.name().startsWith(":");
    }

    private static List<Field> others(List<HeaderField> fields) throws Malformed {
        var others = new ArrayList<Field>();
        for (HeaderField field : fields) {
            if (isOwn(field)) {
                continue;
            }
            boolean isForOne =
                    OF_CONNECTIONS.contains(field.name())
                            || (field.name().equals("te") && !field.value().equals("trailers"));
            if (isForOne
                    || !NAME.matcher(field.name()).matches()
                    || !VALUE.matcher(field.value()).matches()) {
                throw new Malformed("a header line is malformed");
            }
            others.add(new Field(field.name(), field.value()));
        }
        return others;
    }
}
