package keystone.agent.egress;

import java.util.HashMap;
import java.util.Map;

/// How much of each body that said its length is still to come (RFC 9113, 8.1.1). A server that
/// passes requests on in HTTP/1.1 by what they say, without counting, would take the rest of a body
/// for a request, whose own body the next head would become, with its secret. Used by one thread.
final class Http2Lengths {
    /// Bodies that may be without their end: programs reset the streams that they give up.
    private static final int MOST = 1024;

    private final Map<Integer, Long> left = new HashMap<>();

    /// @param body as its head says
    void begin(Http2Sections.Section head, Framing body) throws Malformed {
        long length = body instanceof Framing.Sized(long said) ? said : 0;
        boolean isSaid = head.fields().stream().anyMatch(e -> e.name().equals("content-length"));
        if (!isSaid) {
            return;
        }
        if (head.isLast()) {
            requireAll(length);
            return;
        }
        if (left.size() == MOST) {
            throw new Malformed("too many bodies do not come to their end");
        }
        left.put(head.stream(), length);
    }

    /// @param data about to pass
    void came(Http2Frame data) throws Malformed {
        Long more = left.get(data.stream());
        if (more != null) {
            long after = more - withoutPadding(data);
            if (after < 0) {
                throw new Malformed("a body is longer than its head says");
            }
            left.put(data.stream(), after);
        }
        if (data.has(Http2Frame.END_STREAM)) {
            end(data.stream());
        }
    }

    /// Nothing more comes of it.
    void end(int stream) throws Malformed {
        Long more = left.remove(stream);
        requireAll(more == null ? 0 : more);
    }

    /// It was given up.
    void forget(int stream) {
        left.remove(stream);
    }

    private static void requireAll(long left) throws Malformed {
        if (left > 0) {
            throw new Malformed("a body is shorter than its head says");
        }
    }

    private static int withoutPadding(Http2Frame data) throws Malformed {
        if (!data.has(Http2Frame.PADDED)) {
            return data.length();
        }
        int length = data.length() - 1;
        if (length < 0 || (data.payload().get() & 0xff) > length) {
            throw new Malformed("a frame is shorter than it says");
        }
        return length - (data.payload().get() & 0xff);
    }
}
