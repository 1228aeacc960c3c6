package keystone.agent.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A TCP port of 127.0.0.1: whether it is free, and if not, who holds it and how many use it.
public record LoopbackPort(int number) {
    private static final String LOOPBACK = "0100007F";
    private static final String ESTABLISHED = "01";
    private static final String LISTENING = "0A";

    /// The inode of a socket that no process has.
    private static final String NONE = "0";

    public LoopbackPort {
        if (number < 1 || number > 65535) {
            throw new IllegalArgumentException("not a port: " + number);
        }
    }

    /// Who listens on a port.
    public record Holder(long pid, String program) {}

    /// Proven by binding it, as its next user would.
    public boolean isFree() {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /// The process that listens; empty when nobody does, or when it belongs to a user whose
    /// descriptors we may not read.
    public Optional<Holder> holder() {
        return listeningInode("/proc/net/tcp")
                .or(() -> listeningInode("/proc/net/tcp6"))
                .flatMap(LoopbackPort::processWithSocket);
    }

    /// The process at the other end of a connection that was made to this port; as [#holder].
    /// Before a connection has been taken it is nobody's, and then it is that of whoever listens.
    ///
    /// @param from the port at this end of it
    public Optional<Holder> peer(int from) {
        String other = String.format(Locale.ROOT, ":%04X", from);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> rows(table, row -> row[2].endsWith(other)))
                .map(row -> row[9])
                .filter(inode -> !inode.equals(NONE))
                .findFirst()
                .flatMap(LoopbackPort::processWithSocket)
                .or(this::holder);
    }

    /// How many connections its holder has, whoever made them.
    public int connections() {
        return Math.toIntExact(
                Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                        .flatMap(table -> rows(table, row -> row[3].equals(ESTABLISHED)))
                        // An address of IPv4 is the end of the one that it has in IPv6.
                        .filter(row -> row[1].endsWith(LOOPBACK + suffix()))
                        .count());
    }

    private Optional<String> listeningInode(String table) {
        return rows(table, row -> row[3].equals(LISTENING)).map(row -> row[9]).findFirst();
    }

    private String suffix() {
        return String.format(Locale.ROOT, ":%04X", number);
    }

    /// The wanted rows of this port: `sl local_address rem_address st tx:rx tr:when retrnsmt uid
    /// timeout inode`, as proc(5) says. Any user of this host may have filled the table, so that no
    /// others are held.
    private Stream<String[]> rows(String table, Predicate<String[]> wanted) {
        try (Stream<String> lines = Files.lines(Path.of(table))) {
            return lines
                    .map(line -> line.trim().split("\\s+", -1))
                    .filter(row -> row.length > 9 && row[1].endsWith(suffix()) && wanted.test(row))
                    .toList()
                    .stream();
        } catch (IOException | UncheckedIOException noSuchProtocol) {
            return Stream.empty();
        }
    }

    private static Optional<Holder> processWithSocket(String inode) {
        String link = "socket:[" + inode + "]";
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, link)) {
                    String program = ProcessTable.program(process);
                    long pid = Long.parseLong(process.getFileName().toString());
                    return Optional.of(new Holder(pid, program));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean holds(Path process, String link) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).toString().equals(link)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | java.nio.file.DirectoryIteratorException notOursOrGone) {
            return false;
        }
    }
}
