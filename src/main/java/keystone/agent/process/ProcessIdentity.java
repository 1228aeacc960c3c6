package keystone.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Which process, beyond doubt: a pid alone may be recycled, a pid with its start time only within
/// one boot of the machine.
///
/// @param startTicks field 22 of `/proc/PID/stat`, in clock ticks since boot (proc(5))
/// @param bootId `/proc/sys/kernel/random/boot_id`
public record ProcessIdentity(long pid, long startTicks, String bootId) {
    private static final Path PROC = Path.of("/proc");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /// The identity of a process that lives now; a zombie does not live.
    public static Optional<ProcessIdentity> of(long pid) {
        return startTicks(pid).map(ticks -> new ProcessIdentity(pid, ticks, currentBootId()));
    }

    public boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /// Names this boot of this machine.
    public static String currentBootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + BOOT_ID, e);
        }
    }

    private static Optional<Long> startTicks(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            // The program's name, in parentheses, may itself hold spaces and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean dead = fields[0].equals("Z") || fields[0].equals("X");
            return dead ? Optional.empty() : Optional.of(Long.parseLong(fields[19]));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
