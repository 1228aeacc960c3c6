package keystone.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What runs on this host, from `/proc`.
///
/// What belongs to a sandbox carries a mark in its environment, which whatever it starts inherits:
/// wrappers between us and the process that matters cannot hide it. Everybody can put such a mark
/// on a process of their own, so a mark alone proves nothing: see [Marked#isOurs] and
/// [Marked#session].
public final class ProcessTable {
    /// Marks a supervisor's children; its value names the sandbox's run directory.
    public static final String CHILD_MARK = "KEYSTONE_AGENT_CHILD_OF";

    /// Marks a supervisor, likewise.
    public static final String SUPERVISOR_MARK = "KEYSTONE_AGENT_SUPERVISOR_OF";

    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /// One process that carries our mark.
    ///
    /// @param mark the mark's value
    /// @param isOurs whether our own user put it there, see [ProcessOwner]
    /// @param session which a process can leave but none can enter, so that all of one session
    ///     descend from whoever began it (setsid(2))
    public record Marked(
            ProcessIdentity identity, String program, String mark, boolean isOurs, long session) {}

    /// Whether a process says that it is a supervisor; of whose environment we may not read, no.
    public static boolean isSupervisor(long pid) {
        return look(PROC.resolve(Long.toString(pid)), pid, SUPERVISOR_MARK) != null;
    }

    /// Every living process with our mark, except this one. One pass over `/proc`; processes of
    /// users whose environment we may not read are not ours and are passed over.
    ///
    /// Each `list` comes through here: no lambda, no pattern and no [ProcessHandle], which cost a
    /// young JVM more than the whole pass.
    public static List<Marked> marked(String variable) {
        var found = new ArrayList<Marked>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC)) {
            String self = Files.readSymbolicLink(PROC.resolve("self")).toString();
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (Character.isDigit(name.charAt(0)) && !name.equals(self)) {
                    Marked marked = look(entry, Long.parseLong(name), variable);
                    if (marked != null) {
                        found.add(marked);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + PROC, e);
        }
        return found;
    }

    /// Every living process of one run directory.
    public static List<Marked> marked(String variable, Path run) {
        return marked(variable).stream()
                .filter(each -> each.mark().equals(run.toString()))
                .toList();
    }

    private static @Nullable Marked look(Path entry, long pid, String variable) {
        String mark = mark(read(entry.resolve("environ")), variable);
        if (mark == null) {
            return null;
        }
        Optional<ProcessIdentity> identity = ProcessIdentity.of(pid);
        String stat = read(entry.resolve("stat"));
        if (identity.isEmpty() || stat.isEmpty()) {
            return null;
        }
        return new Marked(
                identity.get(),
                program(entry),
                mark,
                new ProcessOwner(entry).isOurs(),
                Long.parseLong(statFields(stat)[3]));
    }

    private static @Nullable String mark(String environment, String variable) {
        String start = "\0" + variable + "=";
        String all = "\0" + environment;
        int at = all.indexOf(start);
        if (at < 0) {
            return null;
        }
        int end = all.indexOf('\0', at + 1);
        return all.substring(at + start.length(), end < 0 ? all.length() : end);
    }

    /// Who lives in a process group. The dead whom nobody has collected yet do not count: where the
    /// host's first process takes its time, they stay for seconds.
    static List<ProcessIdentity> members(long group) {
        var members = new ArrayList<ProcessIdentity>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                if (livesIn(group, read(entry.resolve("stat")))) {
                    String pid = String.valueOf(entry.getFileName());
                    ProcessIdentity.of(Long.parseLong(pid)).ifPresent(members::add);
                }
            }
            return members;
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + PROC, e);
        }
    }

    /// @param stat `/proc/PID/stat`: after the program's name its state, parent and group (proc(5))
    private static boolean livesIn(long group, String stat) {
        if (stat.isEmpty()) {
            return false;
        }
        String[] fields = statFields(stat);
        boolean dead = fields[0].equals("Z") || fields[0].equals("X");
        return !dead && Long.parseLong(fields[2]) == group;
    }

    /// State, parent, group, session and the rest, whatever the program's name is.
    private static String[] statFields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
    }

    /// The file name of a process's program, as its own command line tells it.
    static String program(Path entry) {
        String line = read(entry.resolve("cmdline"));
        int end = line.indexOf('\0');
        String first = end < 0 ? line : line.substring(0, end);
        return first.substring(first.lastIndexOf('/') + 1);
    }

    /// Empty when the process is gone or not ours to read.
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException goneOrNotOurs) {
            return "";
        }
    }
}
