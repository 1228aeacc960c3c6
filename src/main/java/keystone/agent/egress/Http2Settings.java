package keystone.agent.egress;

import java.nio.ByteBuffer;
import keystone.agent.egress.hpack.HeaderDecoder;

/// What the two sides tell each other of themselves (RFC 9113, 6.5): it passes, but for what we,
/// who read along, would have to do in their place.
final class Http2Settings {
    private static final int ENTRY = 6;
    private static final int HEADER_TABLE_SIZE = 1;
    private static final int ENABLE_PUSH = 2;
    private static final int MAX_FRAME_SIZE = 5;
    private static final int MAX_HEADER_LIST_SIZE = 6;

    /// WebSockets within a stream (RFC 8441).
    private static final int ENABLE_CONNECT = 8;

    private Http2Settings() {}

    /// @param headBytes as many may a header section have
    static Http2Frame ofGuest(Http2Frame said, int headBytes) throws Malformed {
        return passed(said, headBytes, true);
    }

    static Http2Frame ofServer(Http2Frame said, int headBytes) throws Malformed {
        return passed(said, headBytes, false);
    }

    private static Http2Frame passed(Http2Frame said, int headBytes, boolean isGuests)
            throws Malformed {
        int length = said.length();
        if (said.stream() != 0
                || length % ENTRY != 0
                || length > Http2Frame.LARGEST - 2 * ENTRY
                || (said.has(Http2Frame.ACK) && length > 0)) {
            throw new Malformed("settings are malformed");
        }
        if (said.has(Http2Frame.ACK)) {
            return said;
        }
        ByteBuffer entries = said.payload();
        ByteBuffer passed = ByteBuffer.allocate(length + 2 * ENTRY);
        int mostHead = headBytes;
        while (entries.hasRemaining()) {
            int what = entries.getShort() & 0xffff;
            int value = entries.getInt();
            switch (what) {
                case HEADER_TABLE_SIZE ->
                        put(passed, what, least(value, HeaderDecoder.TABLE_BYTES));
                case MAX_HEADER_LIST_SIZE -> mostHead = least(value, mostHead);
                // A guest's is said below, and no server's counts. What is not said is the least
                // that there is, and no WebSockets.
                case ENABLE_PUSH, MAX_FRAME_SIZE, ENABLE_CONNECT -> {}
                default -> put(passed, what, value);
            }
        }
        put(passed, MAX_HEADER_LIST_SIZE, mostHead);
        if (isGuests) {
            put(passed, ENABLE_PUSH, 0);
        }
        byte[] payload = new byte[passed.position()];
        passed.flip().get(payload);
        return new Http2Frame(Http2Frame.SETTINGS, said.flags(), 0, payload);
    }

    private static int least(int said, int most) {
        return Integer.compareUnsigned(said, most) < 0 ? said : most;
    }

    private static void put(ByteBuffer entries, int what, int value) {
        entries.putShort((short) what).putInt(value);
    }
}
