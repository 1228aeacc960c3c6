package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Check;
import keystone.agent.model.Resources;

/// Room on the disks, and memory.
final class ResourceChecks {
    private static final ByteSize LEAST_ROOM = ByteSize.ofGib(1);
    private static final ByteSize EASY_ROOM = ByteSize.ofGib(10);
    private static final ByteSize LEAST_MEMORY = ByteSize.ofMib(512);

    private final HostFacts host;

    ResourceChecks(HostFacts host) {
        this.host = host;
    }

    List<Check> all() {
        var checks = new ArrayList<Check>();
        checks.add(memory());
        checks.add(room("disk of sandboxes", host.places().state()));
        checks.add(room("disk of images", host.places().cache()));
        return checks;
    }

    private Check memory() {
        OptionalLong total = memory("MemTotal:");
        OptionalLong free = memory("MemAvailable:");
        if (total.isEmpty() || free.isEmpty()) {
            return Check.passed("memory", "this host does not tell how much there is");
        }
        String found = amount(free.getAsLong()) + " of " + amount(total.getAsLong()) + " are free";
        if (free.getAsLong() < LEAST_MEMORY.bytes()) {
            return Check.failed("memory", found, "end programs that need much memory");
        }
        if (free.getAsLong() < Resources.DEFAULT.memory().bytes()) {
            long half = Math.max(ByteSize.ofMib(256).mib(), (free.getAsLong() >> 20) / 2);
            return Check.warning(
                    "memory",
                    found + ", and a sandbox gets " + Resources.DEFAULT.memory(),
                    "keystone-agent start --memory " + half + "m");
        }
        return Check.passed("memory", found);
    }

    private OptionalLong memory(String line) {
        try {
            return Files.readAllLines(host.root().resolve("proc/meminfo")).stream()
                    .filter(text -> text.startsWith(line))
                    .map(text -> text.replaceAll("[^0-9]", ""))
                    .mapToLong(kibibytes -> Long.parseLong(kibibytes) << 10)
                    .findFirst();
        } catch (IOException notLinux) {
            return OptionalLong.empty();
        }
    }

    private static Check room(String name, Path place) {
        try {
            FileStore store = Files.getFileStore(existing(place));
            long room = store.getUsableSpace();
            String found = amount(room) + " are free for " + place;
            if (room < LEAST_ROOM.bytes()) {
                return Check.failed(name, found, "keystone-agent image rm --unused");
            }
            return room < EASY_ROOM.bytes()
                    ? Check.warning(name, found, "keystone-agent image rm --unused")
                    : Check.passed(name, found);
        } catch (IOException e) {
            return Check.failed(name, "cannot look at " + place, "ls -ld " + place);
        }
    }

    private static Path existing(Path place) {
        Path at = place;
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    private static String amount(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
