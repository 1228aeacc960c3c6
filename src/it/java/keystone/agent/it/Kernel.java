package keystone.agent.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import keystone.agent.process.Command;

/// What the kernel of this host says about processes, ports and locks: the witness that tests
/// believe instead of the program. Knows nothing of the program's own marks.
public final class Kernel {
    private static final Path PROC = Path.of("/proc");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Kernel() {}

    /// One living process.
    ///
    /// @param name as the kernel knows it, at most 15 characters (proc(5), `comm`)
    public record Seen(long pid, String name, String commandLine) {
        @Override
        public String toString() {
            return pid + " " + name + "  " + commandLine;
        }
    }

    /// Every process that has `word` in its environment or its arguments, such as the path of a
    /// directory that exists only for one test.
    public static List<Seen> processesWith(String word) {
        var found = new ArrayList<Seen>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                String commandLine = read(process.resolve("cmdline")).replace('\0', ' ').strip();
                if (commandLine.contains(word) || read(process.resolve("environ")).contains(word)) {
                    String name = read(process.resolve("comm")).strip();
                    long pid = Long.parseLong(process.getFileName().toString());
                    if (isAlive(pid)) {
                        found.add(new Seen(pid, name, commandLine));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /// A zombie does not live.
    public static boolean isAlive(long pid) {
        String state = state(pid);
        return !state.isEmpty() && !state.equals("Z") && !state.equals("X");
    }

    /// `S`, `R`, `T` …; empty when there is no such process (proc(5), field 3 of `stat`).
    public static String state(long pid) {
        String stat = read(PROC.resolve(pid + "/stat"));
        int name = stat.lastIndexOf(')');
        return name < 0 ? "" : stat.substring(name + 2, name + 3);
    }

    /// The file that a process executes.
    public static String program(long pid) {
        try {
            return Files.readSymbolicLink(PROC.resolve(pid + "/exe")).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    public static int descriptors(long pid) throws IOException {
        try (Stream<Path> all = Files.list(PROC.resolve(pid + "/fd"))) {
            return (int) all.count();
        }
    }

    /// Whether somebody listens on a port of 127.0.0.1.
    public static boolean listens(int port) {
        String address = String.format(Locale.ROOT, "0100007F:%04X", port);
        return read(PROC.resolve("net/tcp"))
                .lines()
                .map(line -> line.strip().split("\\s+", 5))
                .anyMatch(field -> field[1].equals(address) && field[3].equals("0A"));
    }

    /// The port of 127.0.0.1 on which a process listens; it must be exactly one.
    public static int listeningPort(long pid) throws IOException {
        try (Stream<Path> all = Files.list(PROC.resolve(pid + "/fd"))) {
            List<String> sockets = all.map(Kernel::target).toList();
            List<Integer> ports =
                    read(PROC.resolve("net/tcp"))
                            .lines()
                            .map(line -> line.strip().split("\\s+"))
                            .filter(field -> field[3].equals("0A"))
                            .filter(field -> sockets.contains("socket:[" + field[9] + "]"))
                            .map(field -> Integer.parseInt(field[1].split(":", 2)[1], 16))
                            .toList();
            if (ports.size() != 1) {
                throw new AssertionError("process " + pid + " listens on " + ports);
            }
            return ports.getFirst();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    /// The process that holds a lock on a file (proc(5), `locks`).
    public static Optional<Long> lockHolder(Path file) {
        String inode = ":" + inode(file);
        return read(PROC.resolve("locks"))
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(field -> field.length > 5 && field[5].endsWith(inode))
                .map(field -> Long.valueOf(field[4]))
                .filter(pid -> pid > 0)
                .findFirst();
    }

    private static String inode(Path file) {
        try {
            return String.valueOf(Files.getAttribute(file, "unix:ino"));
        } catch (IOException missing) {
            return "none";
        }
    }

    public static void kill(long pid) {
        signal("KILL", pid);
    }

    /// Holds a process still, as Ctrl-Z in a terminal would.
    /// Takes a listening socket of 127.0.0.1 from whoever has it (ss(8), as root).
    public static void endListening(int port) throws InterruptedException {
        Command.Finished ended =
                Command.of("ss", "-K", "-t", "state", "listening", "sport", "=", ":" + port)
                        .run(Duration.ofSeconds(20));
        if (!ended.ok()) {
            throw new AssertionError(ended);
        }
    }

    public static void freeze(long pid) {
        signal("STOP", pid);
    }

    /// A process that is gone already is fine.
    static void signal(String name, long pid) {
        try {
            var _ = Command.of("kill", "-" + name, Long.toString(pid)).run(LIMIT);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    /// What a process and all that it has started wait for, a line each: the program, and where in
    /// the kernel (proc(5), `wchan`).
    static String waiting(long pid) {
        var lines = new StringBuilder();
        ProcessHandle.of(pid).stream()
                .flatMap(each -> Stream.concat(Stream.of(each), each.descendants()))
                .forEach(
                        each ->
                                lines.append(each.pid())
                                        .append(' ')
                                        .append(program(each.pid()))
                                        .append(" waits in ")
                                        .append(channel(each.pid()))
                                        .append('\n'));
        return lines.toString();
    }

    private static String channel(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "wchan"));
        } catch (IOException gone) {
            return "nothing any more";
        }
    }
}
