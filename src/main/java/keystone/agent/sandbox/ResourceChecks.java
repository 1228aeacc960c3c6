package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Check;
import keystone.agent.model.Printable;
import keystone.agent.model.Resources;
import keystone.agent.model.ShellWord;
import keystone.agent.process.DiskRoom;
import keystone.agent.process.HostMemory;

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
        var memory = HostMemory.below(host.root());
        Optional<ByteSize> total = memory.total();
        Optional<ByteSize> free = memory.available();
        if (total.isEmpty() || free.isEmpty()) {
            return Check.passed("memory", "this host does not tell how much there is");
        }
        String found =
                amount(free.get().bytes()) + " of " + amount(total.get().bytes()) + " are free";
        if (free.get().compareTo(LEAST_MEMORY) < 0) {
            return Check.failed("memory", found, "end programs that need much memory");
        }
        ByteSize usual = HostLimits.usual(memory).memory();
        if (free.get().compareTo(usual) < 0) {
            long half = Math.max(Resources.LEAST_MEMORY.mib(), free.get().mib() / 2);
            return Check.warning(
                    "memory",
                    found + ", and a sandbox gets " + usual,
                    "keystone-agent start --memory " + half + "m");
        }
        return Check.passed("memory", found);
    }

    private static Check room(String name, Path place) {
        try {
            long room = DiskRoom.of(existing(place)).usable();
            String found = amount(room) + " are free for " + Printable.of(place.toString());
            if (room < LEAST_ROOM.bytes()) {
                return Check.failed(name, found, "keystone-agent image rm --unused");
            }
            return room < EASY_ROOM.bytes()
                    ? Check.warning(name, found, "keystone-agent image rm --unused")
                    : Check.passed(name, found);
        } catch (IOException e) {
            return Check.failed(
                    name,
                    "cannot look at " + Printable.of(place.toString()),
                    "ls -ld " + ShellWord.quote(place.toString()));
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
