package keystone.agent.process;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Where programs are: `PATH`, then the system directories that an ordinary user's `PATH` often
/// lacks.
///
/// What a guest can write is passed over: tools such as direnv put a project's own `bin` into
/// `PATH`, and an agent could lay its own `ssh` or `bwrap` there, for this host to run.
public final class Programs {
    private static final String USUAL = "/usr/local/bin:/usr/bin:/bin";
    private static final String SYSTEM = ":/usr/local/sbin:/usr/sbin:/sbin";

    /// Never shared for writing, so nobody need be asked about them.
    private static final List<String> TRUSTED =
            List.of("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin");

    /// Like `PATH`, this holds for the whole process; its entry point sets it before anything runs.
    private static final AtomicReference<Supplier<Predicate<Path>>> GUESTS =
            new AtomicReference<>(() -> _ -> false);

    /// How the JDK ends what it says of a failed execve(2).
    private static final Pattern ERROR = Pattern.compile("error: ([0-9]{1,4}) \\((.*)\\)");

    /// Those that say that a file is no program: ENOENT, ENOEXEC, EACCES, ENOTDIR, EISDIR, ELOOP.
    private static final Set<Integer> OF_THE_PROGRAM = Set.of(2, 8, 13, 20, 21, 40);

    private Programs() {}

    /// From now on nothing is run that a guest can write.
    ///
    /// @param guests tells, as of now, whether a guest can change what a path leads to; asked only
    ///     about what is in none of the system's own places
    public static void keepOutOf(Supplier<Predicate<Path>> guests) {
        GUESTS.set(guests);
    }

    public static Optional<Path> locate(String name) {
        if (name.contains("/")) {
            Path path = Path.of(name);
            return Files.isExecutable(path) ? Optional.of(path) : Optional.empty();
        }
        return locate(name, ownPath() + SYSTEM, guests());
    }

    static Optional<Path> locate(String name, String path, Supplier<Predicate<Path>> guests) {
        for (String directory : path.split(":", -1)) {
            // An empty or relative entry would run programs from the current directory.
            if (directory.startsWith("/")) {
                Path candidate = Path.of(directory, name);
                if (Files.isRegularFile(candidate)
                        && Files.isExecutable(candidate)
                        && (TRUSTED.contains(directory) || !guests.get().test(candidate))) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    /// `PATH` for the programs that we start, which look for others in it.
    static String searchPath() {
        return searchPath(ownPath());
    }

    /// What is left of a `PATH` without what a guest can write.
    public static String searchPath(String path) {
        return searchPath(path, guests());
    }

    static String searchPath(String path, Supplier<Predicate<Path>> guests) {
        var kept = new ArrayList<String>();
        Predicate<Path> asked = null;
        for (String directory : path.split(":", -1)) {
            if (TRUSTED.contains(directory)) {
                kept.add(directory);
            } else if (directory.startsWith("/")) {
                asked = asked == null ? guests.get() : asked;
                if (!asked.test(Path.of(directory))) {
                    kept.add(directory);
                }
            }
        }
        // An empty one would mean the current directory.
        return kept.isEmpty() ? USUAL : String.join(":", kept);
    }

    /// Where it cannot be told what guests can write, only the system's own places are left.
    private static Supplier<Predicate<Path>> guests() {
        Supplier<Predicate<Path>> guests = Objects.requireNonNull(GUESTS.get());
        return () -> {
            try {
                return guests.get();
            } catch (UncheckedIOException unreadable) {
                return _ -> true;
            }
        };
    }

    private static String ownPath() {
        return System.getenv().getOrDefault("PATH", USUAL);
    }

    static Path find(String name) throws IOException {
        return locate(name).orElseThrow(() -> new FileNotFoundException(name));
    }

    /// Why a command could not be started. Names the program that was not found: its own, or one
    /// that it is started through.
    static RuntimeException notStarted(Command command, @Nullable Throwable cause) {
        if (cause instanceof FileNotFoundException) {
            return new Command.ProgramMissing(String.valueOf(cause.getMessage()), cause);
        }
        Matcher said = ERROR.matcher(cause == null ? "" : String.valueOf(cause.getMessage()));
        return said.find() && !OF_THE_PROGRAM.contains(Integer.parseInt(said.group(1)))
                ? UserError.failed(
                        "`%s` could not be started: %s".formatted(command.program(), said.group(2)),
                        "keystone-agent doctor   # what this host has left: free -m, ulimit -a")
                : new Command.ProgramMissing(command.program(), cause);
    }
}
