package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Resources;
import keystone.agent.model.UserError;

/// What this host can give; asked before anything is made.
final class HostLimits {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    /// A new sandbox's disk, keys and logs take a few megabytes; a guest needs room to write.
    private static final ByteSize LEAST_FREE = ByteSize.ofMib(512);

    private HostLimits() {}

    static void check(Resources resources, Path state) {
        ByteSize memory = totalMemory();
        if (resources.memory().compareTo(memory) > 0) {
            throw UserError.failed(
                    "%s of memory was asked for, but this host has %d MiB in all"
                            .formatted(resources.memory(), memory.mib()),
                    "use less, such as --memory %dm".formatted(memory.mib() / 2));
        }
        ByteSize free = freeSpace(state);
        if (free.compareTo(LEAST_FREE) < 0) {
            throw UserError.failed(
                    "the disk of %s has only %d MiB left, and a sandbox needs %d MiB"
                            .formatted(state, free.mib(), LEAST_FREE.mib()),
                    "make room: keystone-agent prune, keystone-agent image rm --unused, or set"
                            + " XDG_STATE_HOME to another disk");
        }
    }

    static ByteSize totalMemory() {
        try {
            for (String line : Files.readAllLines(MEMORY)) {
                if (line.startsWith("MemTotal:")) {
                    String kibibytes = line.replaceAll("[^0-9]", "");
                    return new ByteSize(Long.parseLong(kibibytes) << 10);
                }
            }
            throw new IllegalStateException(MEMORY + " has no MemTotal");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteSize freeSpace(Path place) {
        Path existing = place;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            long usable =
                    Files.getFileStore(existing == null ? Path.of("/") : existing).getUsableSpace();
            return new ByteSize(Math.max(1, usable));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
