package keystone.agent.desktop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Values in the form in which they go over the bus, little-endian (D-Bus specification,
/// "Marshaling").
final class Marshalled {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    byte[] bytes() {
        return bytes.toByteArray();
    }

    Marshalled align(int boundary) {
        while (bytes.size() % boundary != 0) {
            bytes.write(0);
        }
        return this;
    }

    Marshalled octet(int value) {
        bytes.write(value);
        return this;
    }

    Marshalled number(int value) {
        align(4);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            bytes.write(value >>> shift);
        }
        return this;
    }

    Marshalled string(String value) {
        // A NUL byte would end the connection.
        byte[] text = value.replace("\0", "").getBytes(StandardCharsets.UTF_8);
        number(text.length);
        bytes.writeBytes(text);
        bytes.write(0);
        return this;
    }

    Marshalled signature(String value) {
        bytes.write(value.length());
        bytes.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
        bytes.write(0);
        return this;
    }

    Marshalled strings(List<String> values) {
        var content = new Marshalled();
        values.forEach(content::string);
        number(content.bytes.size());
        bytes.writeBytes(content.bytes());
        return this;
    }

    /// An array of structures, or of pairs: such begin at a boundary of eight.
    Marshalled structures(Marshalled content) {
        number(content.bytes.size());
        align(8);
        bytes.writeBytes(content.bytes());
        return this;
    }
}
