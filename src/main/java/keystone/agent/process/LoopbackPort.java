package keystone.agent.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// A TCP port of 127.0.0.1: whether it is free, and if not, who holds it.
public record LoopbackPort(int number) {
    private static final String LISTENING = "0A";

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

    private Optional<String> listeningInode(String table) {
        String suffix = String.format(Locale.ROOT, ":%04X", number);
        try {
            for (String line : Files.readAllLines(Path.of(table))) {
                // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
                // (proc(5))
                String[] fields = line.trim().split("\\s+", -1);
                if (fields.length > 9
                        && fields[1].endsWith(suffix)
                        && fields[3].equals(LISTENING)) {
                    return Optional.of(fields[9]);
                }
            }
        } catch (IOException noSuchProtocol) {
            return Optional.empty();
        }
        return Optional.empty();
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
