package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import keystone.agent.machine.Machine;
import keystone.agent.machine.Pausable;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import keystone.agent.process.DiskRoom;
import keystone.agent.workspace.Shares;
import org.jspecify.annotations.Nullable;

/// Keeps a guest from filling the disks of this host through what it shares: while one of them has
/// next to no room left, the guest is held still, and goes on where it was once there is room.
///
/// See [OwnDiskGuard] for what it writes to its own disk.
///
/// Used by the deciding thread, but the disks are looked at apart: one may be on a network, or
/// served by a program that does not answer.
final class ProjectDiskGuard {
    private static final long MOST_KEPT_FREE = 1L << 30;

    /// Of a disk so small that the above were most of it, a fiftieth is kept free.
    private static final int PART_KEPT_FREE = 50;

    /// A guest goes on when there is more than what it was held for, or it would be held at once.
    private static final long MORE_TO_GO_ON = 5;

    /// With less than this many times what is kept free, a guest could use that up in a second.
    private static final long PLENTY = 16;

    private static final Duration SELDOM = Duration.ofSeconds(1);
    private static final Duration OFTEN = Duration.ofMillis(50);

    private final SandboxName name;
    private final List<Path> places;
    private final Machine machine;
    private final SupervisorLog log;
    private final AtomicBoolean looking = new AtomicBoolean();

    private volatile Found found = NOTHING;
    private @Nullable Found heldFor;

    ProjectDiskGuard(SandboxSpec spec, Machine machine, SupervisorLog log) {
        this.name = spec.name();
        this.places = writable(Shares.of(spec));
        this.machine = machine;
        this.log = log;
    }

    /// How much room there is on the disk that has the least of it.
    enum Level {
        TOO_LITTLE,
        LITTLE,
        ENOUGH,
        PLENTIFUL;

        static Level of(long free, long keptFree) {
            if (free < keptFree) {
                return TOO_LITTLE;
            }
            if (free - keptFree < keptFree / MORE_TO_GO_ON) {
                return LITTLE;
            }
            return free / PLENTY < keptFree ? ENOUGH : PLENTIFUL;
        }
    }

    /// @param keptFree in bytes
    private record Found(Level level, Path where, long keptFree) {}

    /// Where nothing is shared, as with a clone, nothing is filled.
    private static final Found NOTHING = new Found(Level.PLENTIFUL, Path.of("/"), 0);

    /// How much of a disk no guest may use.
    static long keptFree(long total) {
        return Math.min(MOST_KEPT_FREE, total / PART_KEPT_FREE);
    }

    /// How much more may be written there.
    static long left(Path place) {
        try {
            DiskRoom disk = DiskRoom.of(place);
            return disk.usable() - keptFree(disk.total());
        } catch (IOException gone) {
            return 0;
        }
    }

    /// Refuses to start what would be held at once.
    static void require(Shares shares) {
        for (Path place : writable(shares)) {
            Found found = lookAt(place);
            if (found.level().compareTo(Level.LITTLE) <= 0) {
                throw UserError.failed(tooLittle(found), "make room on that disk");
            }
        }
    }

    private static List<Path> writable(Shares shares) {
        return shares.byTag().sequencedValues().stream()
                .filter(share -> share.access() == Access.READ_WRITE)
                .map(Share::host)
                .toList();
    }

    private static String tooLittle(Found found) {
        return "there is less than %d MiB left on the disk of %s"
                .formatted(
                        (found.keptFree() + found.keptFree() / MORE_TO_GO_ON) >> 20,
                        Printable.of(found.where().toString()));
    }

    boolean holds() {
        return heldFor != null;
    }

    /// How long nobody needs to look.
    Duration pause() {
        return found.level() == Level.PLENTIFUL ? SELDOM : OFTEN;
    }

    /// Holds the guest, or lets it go on, as the last look at the disks demands.
    ///
    /// @param current what the sandbox is otherwise
    /// @return what it is now
    SandboxState look(SandboxState current) throws InterruptedException {
        if (looking.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("looking for room").start(this::lookAtDisks);
        }
        if (!(machine instanceof Pausable pausable)) {
            return current;
        }
        Found now = found;
        if (heldFor == null && now.level() == Level.TOO_LITTLE) {
            pausable.pause();
            heldFor = now;
            log.line("the guest is held: there is next to no room left in " + now.where());
        } else if (heldFor != null && now.level().compareTo(Level.LITTLE) > 0) {
            heldFor = null;
            log.line("there is room again in " + now.where() + ": the guest goes on");
            pausable.resume();
        }
        return heldFor == null ? current : broken(heldFor);
    }

    private SandboxState broken(Found why) {
        return new SandboxState.Broken(
                "the guest of `%s` is held: %s".formatted(name, tooLittle(why)),
                "make room on that disk, and the guest goes on by itself");
    }

    private void lookAtDisks() {
        try {
            Found least = NOTHING;
            for (Path place : places) {
                Found here = lookAt(place);
                least = here.level().compareTo(least.level()) < 0 ? here : least;
            }
            found = least;
        } finally {
            looking.set(false);
        }
    }

    private static Found lookAt(Path place) {
        try {
            DiskRoom disk = DiskRoom.of(place);
            long keptFree = keptFree(disk.total());
            return new Found(Level.of(disk.usable(), keptFree), place, keptFree);
        } catch (IOException gone) {
            // What is not there cannot be filled.
            return new Found(Level.PLENTIFUL, place, 0);
        }
    }
}
