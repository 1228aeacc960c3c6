package keystone.agent.image;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Splits what a program prints into lines, cutting overlong ones, so that no program can exhaust
/// our memory. A carriage return ends a line, too: progress bars use it. Closing hands over the
/// last line.
final class LineStream extends OutputStream {
    private static final int LONGEST = 4096;

    private final Consumer<String> consumer;
    private final byte[] line = new byte[LONGEST];
    private int length;

    LineStream(Consumer<String> consumer) {
        this.consumer = consumer;
    }

    @Override
    public void write(int b) {
        if (b == '\n' || b == '\r') {
            close();
        } else if (length < LONGEST) {
            line[length++] = (byte) b;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public void close() {
        if (length > 0) {
            consumer.accept(new String(line, 0, length, StandardCharsets.UTF_8));
            length = 0;
        }
    }
}
