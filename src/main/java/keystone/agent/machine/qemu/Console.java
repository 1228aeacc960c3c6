package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Cuts the guest's serial port into lines, in bounded memory whatever the guest writes.
final class Console {
    /// The rest of a longer line is dropped.
    static final int LONGEST_LINE = 4096;

    private final Consumer<String> listener;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;

    Console(Consumer<String> listener) {
        this.listener = listener;
    }

    /// Returns at the end of the stream.
    void read(InputStream from) {
        byte[] chunk = new byte[16 << 10];
        try (from) {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                for (int i = 0; i < n; i++) {
                    take(chunk[i]);
                }
            }
        } catch (IOException gone) {
            // The end of QEMU, which is reported as such.
        }
        if (length > 0) {
            endLine();
        }
    }

    private void take(byte b) {
        if (b == '\n') {
            endLine();
        } else if (length < LONGEST_LINE) {
            line[length++] = b;
        }
    }

    /// Serial lines end in carriage return and line feed.
    private void endLine() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        length = 0;
        listener.accept(new String(line, 0, end, StandardCharsets.UTF_8));
    }
}
