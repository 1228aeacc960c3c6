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
record OpenFiles(long most) {
    /// A large project with what its package manager unpacked into it.
    private static final long ENOUGH = 200_000;

    /// With fewer, a small project has no room to grow.
    private static final long FEWEST = 16_384;

    private static final Path LIMITS = Path.of("/proc/self/limits");

    static OpenFiles ofThisHost() {
        try {
            return new OpenFiles(hardLimit(Files.readAllLines(LIMITS)));
        } catch (IOException | NumberFormatException untold) {
            // Taken for enough: 9p is slower everywhere.
            return new OpenFiles(ENOUGH);
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

    /// Why they are too few for these shares; a sentence without a full stop.
    Optional<String> tooFewFor(Shares shares) {
        if (most >= ENOUGH) {
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
}
