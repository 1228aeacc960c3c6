package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Printable;
import keystone.agent.model.Share;

/// How many files a virtiofsd may have open: it holds one for each file that its guest remembers,
/// and a guest remembers all that it has looked at until its memory is short. With too few, the
/// guest's programs fail with "Too many open files" in a large project.
///
/// @param most for a process that we start
/// @param possible for any process of this host
/// @param privileged whether we may go beyond `most`
record OpenFiles(long most, long possible, boolean privileged) {
    /// A large project with what its package manager unpacked into it.
    private static final long ENOUGH = 200_000;

    /// With fewer, a small project has no room to grow.
    private static final long FEWEST = 16_384;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path POSSIBLE = Path.of("/proc/sys/fs/nr_open");

    /// Of capabilities(7).
    private static final int CAP_SYS_RESOURCE = 24;

    static OpenFiles ofThisHost() {
        try {
            return new OpenFiles(
                    hardLimit(Files.readAllLines(LIMITS)),
                    Long.parseLong(Files.readString(POSSIBLE).strip()),
                    mayRaise(Files.readAllLines(STATUS)));
        } catch (IOException | NumberFormatException untold) {
            // Taken for enough: 9p is slower everywhere.
            return new OpenFiles(ENOUGH, ENOUGH, false);
        }
    }

    /// The last but one of the columns; the names of limits have spaces (proc(5)).
    static long hardLimit(List<String> limits) {
        String hard =
                limits.stream()
                        .filter(line -> line.startsWith("Max open files"))
                        .map(line -> line.strip().split("\\s+", 6)[4])
                        .findFirst()
                        .orElse("unlimited");
        return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
    }

    static boolean mayRaise(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(capabilities -> (capabilities >> CAP_SYS_RESOURCE & 1) == 1);
    }

    /// Why they are too few for these shares; a sentence without a full stop.
    Optional<String> tooFewFor(Shares shares) {
        if (privileged || most >= ENOUGH) {
            return Optional.empty();
        }
        if (most < FEWEST) {
            return Optional.of(
                    "a process may open only %d files here, too few for virtiofsd".formatted(most));
        }
        long room = most / 2;
        return shares.byTag().sequencedValues().stream()
                .map(Share::host)
                .filter(directory -> FileCount.exceeds(directory, room))
                .findFirst()
                .map(
                        directory ->
                                "%s holds more than %d files, too many for virtiofsd where a process may open only %d"
                                        .formatted(Printable.of(directory.toString()), room, most));
    }

    /// What stands before a command so that it may open enough; nothing where that is not needed or
    /// not permitted.
    List<String> raised() {
        return privileged && most < ENOUGH
                ? List.of("prlimit", "--nofile=" + possible + ":" + possible, "--")
                : List.of();
    }
}
