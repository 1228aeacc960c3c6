package keystone.agent.egress;

import java.util.List;
import java.util.regex.Pattern;

/// How it is known where a message's body ends (RFC 9112, 6). What two readers could understand
/// differently is refused.
sealed interface Framing {
    /// So many bytes.
    record Sized(long bytes) implements Framing {}

    /// In chunks, of which the last says so.
    record Chunked() implements Framing {}

    /// When the connection ends; of answers only.
    record UntilEnd() implements Framing {}

    Framing NONE = new Sized(0);

    Pattern LENGTH = Pattern.compile("\\d{1,18}");

    static Framing ofRequest(HttpHead head) throws Malformed {
        Framing said = said(head);
        return said instanceof UntilEnd ? NONE : said;
    }

    /// Some answers have no body, whatever they say.
    ///
    /// @param method that it answers
    static Framing ofAnswer(HttpHead head, int status, String method) throws Malformed {
        Framing said = said(head);
        boolean isEmpty = method.equals("HEAD") || status < 200 || status == 204 || status == 304;
        return isEmpty ? NONE : said;
    }

    private static Framing said(HttpHead head) throws Malformed {
        List<String> lengths = head.values("content-length");
        List<String> encodings = head.values("transfer-encoding");
        if (!encodings.isEmpty()) {
            if (!lengths.isEmpty()
                    || encodings.size() > 1
                    || !encodings.getFirst().equalsIgnoreCase("chunked")) {
                throw new Malformed("it is not clear where the body ends");
            }
            return new Chunked();
        }
        if (lengths.isEmpty()) {
            return new UntilEnd();
        }
        if (lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
            throw new Malformed("it is not clear where the body ends");
        }
        return new Sized(Long.parseLong(lengths.getFirst()));
    }
}
