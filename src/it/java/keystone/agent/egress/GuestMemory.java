package keystone.agent.egress;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a guest has in its memory, as this host's kernel shows it (proc(5), `mem`): everything that
/// its QEMU has that can be written.
record GuestMemory(long machinePid) {
    private static final Pattern WRITABLE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) rw.*");
    private static final int CHUNK = 4 << 20;

    boolean holds(String word) {
        Path process = Path.of("/proc/" + machinePid);
        byte[] wanted = word.getBytes(StandardCharsets.ISO_8859_1);
        try (var memory = new RandomAccessFile(process.resolve("mem").toFile(), "r")) {
            for (String line : Files.readAllLines(process.resolve("maps"))) {
                Matcher mapping = WRITABLE.matcher(line);
                if (mapping.matches()
                        && holds(
                                memory,
                                Long.parseUnsignedLong(mapping.group(1), 16),
                                Long.parseUnsignedLong(mapping.group(2), 16),
                                wanted)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Chunks overlap, so that nothing is missed between two.
    private static boolean holds(RandomAccessFile memory, long from, long to, byte[] wanted) {
        byte[] chunk = new byte[CHUNK + wanted.length];
        for (long at = from; at < to; at += CHUNK) {
            int length = (int) Math.min(chunk.length, to - at);
            try {
                memory.seek(at);
                memory.readFully(chunk, 0, length);
            } catch (IOException notToBeRead) {
                continue;
            }
            if (indexOf(chunk, length, wanted) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static int indexOf(byte[] bytes, int length, byte[] wanted) {
        for (int i = 0; i + wanted.length <= length; i++) {
            int same = 0;
            while (same < wanted.length && bytes[i + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return i;
            }
        }
        return -1;
    }
}
