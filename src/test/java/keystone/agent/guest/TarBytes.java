package keystone.agent.guest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// Archives as a hostile guest would write them: every field is what the test says.
final class TarBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TarBytes directory(String name) {
        return entry('5', name, "", 0755, "");
    }

    TarBytes file(String name, String content) {
        return entry('0', name, "", 0644, content);
    }

    TarBytes link(String name, String target) {
        return entry('2', name, target, 0777, "");
    }

    TarBytes entry(char type, String name, String link, int mode, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        header(type, name, link, mode, Long.toOctalString(bytes.length));
        out.writeBytes(bytes);
        out.writeBytes(new byte[(512 - bytes.length % 512) % 512]);
        return this;
    }

    TarBytes header(char type, String name, String link, int mode, String size) {
        var block = new byte[512];
        put(block, 0, name);
        put(block, 100, String.format(Locale.ROOT, "%07o", mode));
        put(block, 124, size);
        put(block, 148, "        ");
        block[156] = (byte) type;
        put(block, 157, link);
        put(block, 257, "ustar  ");
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o\0", sum));
        out.writeBytes(block);
        return this;
    }

    private static void put(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }

    byte[] end() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    TarReader reader() {
        return new TarReader(new ByteArrayInputStream(end()));
    }

    TarReader cutTo(int length) {
        return new TarReader(new ByteArrayInputStream(Arrays.copyOf(end(), length)));
    }
}
