package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.model.ByteSize;
import keystone.agent.model.UserError;

/// Refuses more memory than the host has: the kernel would promise it, and kill later.
final class HostMemory {
    private static final Path TABLE = Path.of("/proc/meminfo");

    private HostMemory() {}

    static void require(ByteSize wanted) {
        ByteSize total = total();
        if (wanted.compareTo(total) > 0) {
            throw UserError.usage(
                    "the sandbox shall have "
                            + wanted
                            + " of memory, but this host has only "
                            + total.mib()
                            + "m",
                    "use --memory " + Math.max(256, total.mib() / 2) + "m");
        }
    }

    static ByteSize total() {
        try (var lines = Files.lines(TABLE)) {
            String line =
                    lines.filter(each -> each.startsWith("MemTotal:")).findFirst().orElseThrow();
            return new ByteSize(Long.parseLong(line.replaceAll("\\D", "")) << 10);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + TABLE, e);
        }
    }
}
