package keystone.agent.desktop;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One message of the bus, as it was read (D-Bus specification, "Message Format").
///
/// @param replyTo the serial of the call that it answers; 0 for none
/// @param sender the unique name of who sent it, as the bus says
record Message(int type, int replyTo, String sender, String member, ByteBuffer body) {
    static final int NONE = 0;
    static final int CALL = 1;
    static final int REPLY = 2;
    static final int ERROR = 3;
    static final int SIGNAL = 4;

    /// The codes of the header's fields (D-Bus specification, Header Fields).
    static final int PATH = 1;

    static final int INTERFACE = 2;
    static final int MEMBER = 3;
    static final int REPLY_SERIAL = 5;
    static final int DESTINATION = 6;
    static final int SENDER = 7;
    static final int SIGNATURE = 8;

    private static final int FIXED = 16;
    private static final int LARGEST = 1 << 20;

    /// The next one.
    static Message read(ReadableByteChannel from) throws IOException {
        ByteBuffer fixed = read(from, FIXED);
        if (fixed.get(0) != 'l') {
            throw new IOException("the bus speaks another byte order");
        }
        int type = fixed.get(1);
        int bodyLength = bounded(fixed.getInt(4));
        int fieldsLength = bounded(fixed.getInt(12));
        ByteBuffer fields = read(from, fieldsLength + padding(fieldsLength));
        ByteBuffer body = read(from, bodyLength);
        Map<Integer, Object> header = header(fields, fieldsLength);
        return new Message(
                type,
                header.getOrDefault(REPLY_SERIAL, 0) instanceof Integer serial ? serial : 0,
                String.valueOf(header.getOrDefault(SENDER, "")),
                String.valueOf(header.getOrDefault(MEMBER, "")),
                body);
    }

    private static int bounded(int length) throws IOException {
        if (length < 0 || length > LARGEST) {
            throw new IOException("a message of the bus is too long");
        }
        return length;
    }

    private static int padding(int length) {
        return (8 - length % 8) % 8;
    }

    private static ByteBuffer read(ReadableByteChannel from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (from.read(buffer) < 0) {
                throw new EOFException("the bus has gone");
            }
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Map<Integer, Object> header(ByteBuffer fields, int end) throws IOException {
        var header = new HashMap<Integer, Object>();
        try {
            while (fields.position() < end) {
                align(fields, 8);
                int code = fields.get();
                String type = signature(fields);
                header.put(
                        code,
                        switch (type) {
                            case "s", "o" -> string(fields);
                            case "g" -> signature(fields);
                            case "u" -> number(fields);
                            default -> throw new IOException("the bus speaks in riddles");
                        });
            }
            return header;
        } catch (RuntimeException malformed) {
            throw new IOException("a message of the bus is malformed", malformed);
        }
    }

    private static void align(ByteBuffer in, int boundary) {
        in.position(Math.ceilDiv(in.position(), boundary) * boundary);
    }

    private static String signature(ByteBuffer in) {
        return text(in, in.get() & 0xff);
    }

    static String string(ByteBuffer in) {
        return text(in, number(in));
    }

    private static String text(ByteBuffer in, int length) {
        if (length < 0 || length >= in.remaining()) {
            throw new IllegalArgumentException("a string is longer than its message");
        }
        var text = new byte[length];
        in.get(text).get();
        return new String(text, StandardCharsets.UTF_8);
    }

    static int number(ByteBuffer in) {
        align(in, 4);
        return in.getInt();
    }

    static List<String> strings(ByteBuffer in) {
        int length = number(in);
        int end = Math.addExact(in.position(), length);
        var strings = new ArrayList<String>();
        while (in.position() < end) {
            strings.add(string(in));
        }
        return strings;
    }
}
