package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What `/proc/PID` tells about a process (proc(5)), with one space between words.
record ProcessStatus(long pid) {
    String field(String name) {
        return read("status")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> squeezed(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    String map(String name) {
        return squeezed(read(name));
    }

    boolean shares(String namespace) {
        try {
            Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns", namespace));
            return ours.equals(Files.readSymbolicLink(file("ns").resolve(namespace)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The names it sees in a directory.
    Set<String> sees(String directory) {
        try (var entries = Files.list(file("root").resolve(directory.substring(1)))) {
            return entries.map(each -> each.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String commandLine() {
        return read("cmdline").replace('\0', ' ');
    }

    private Path file(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private String read(String name) {
        try {
            return Files.readString(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String squeezed(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
