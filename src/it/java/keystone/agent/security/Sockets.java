package keystone.agent.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The internet sockets that processes hold, as the kernel lists them.
final class Sockets {
    private static final String LISTENING = "0A";
    private static final String LOOPBACK = "0100007F:";

    private Sockets() {}

    /// One socket.
    ///
    /// @param table `tcp`, `udp` …
    /// @param local address and port in hexadecimal, the address in the host's byte order
    record Inet(String table, String local, String state) {
        boolean isListening() {
            return table.startsWith("tcp") ? state.equals(LISTENING) : true;
        }

        boolean isOnLoopback() {
            return local.startsWith(LOOPBACK);
        }
    }

    static List<Inet> of(Collection<Long> pids) {
        var inodes = new HashSet<String>();
        pids.forEach(pid -> inodes.addAll(inodes(pid)));
        var found = new ArrayList<Inet>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6")) {
            for (String line : lines(Path.of("/proc/net", table))) {
                // sl local_address rem_address st queues timer retrnsmt uid timeout inode (proc(5))
                String[] field = line.strip().split("\\s+", -1);
                if (field.length > 9 && inodes.contains(field[9])) {
                    found.add(new Inet(table, field[1], field[3]));
                }
            }
        }
        return found;
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table);
        } catch (IOException noSuchProtocol) {
            return List.of();
        }
    }

    private static Set<String> inodes(long pid) {
        var inodes = new HashSet<String>();
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path each : all) {
                String target = Files.readSymbolicLink(each).toString();
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring(8, target.length() - 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return inodes;
    }
}
