package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Resources;
import keystone.agent.model.UserError;
import keystone.agent.process.DiskRoom;
import keystone.agent.process.HostMemory;

/// What this host can give; asked before anything is made.
final class HostLimits {
    /// A new sandbox's disk, keys and logs take a few megabytes; a guest needs room to write.
    private static final ByteSize LEAST_FREE = ByteSize.ofMib(512);

    private HostLimits() {}

    /// What a sandbox gets when nobody says otherwise: not more than half of this host's memory.
    static Resources usual() {
        return usual(HostMemory.ofThisHost());
    }

    static Resources usual(HostMemory host) {
        Resources usual = Resources.DEFAULT;
        long half = host.total().map(total -> total.mib() / 2).orElse(Long.MAX_VALUE);
        return half >= usual.memory().mib()
                ? usual
                : usual.with(ByteSize.ofMib(Math.max(Resources.LEAST_MEMORY.mib(), half)));
    }

    static void check(Resources resources, Path state) {
        Optional<ByteSize> total = HostMemory.ofThisHost().total();
        if (total.isPresent() && resources.memory().compareTo(total.get()) > 0) {
            long memory = total.get().mib();
            throw UserError.failed(
                    "%s of memory was asked for, but this host has %d MiB in all"
                            .formatted(resources.memory(), memory),
                    "use less, such as --memory %dm".formatted(memory / 2));
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

    private static ByteSize freeSpace(Path place) {
        Path existing = place;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            long usable = DiskRoom.of(existing == null ? Path.of("/") : existing).usable();
            return new ByteSize(Math.max(1, usable));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
