package keystone.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import keystone.agent.model.ByteSize;

/// How much memory a host has (proc_meminfo(5)).
public final class HostMemory {
    private final Path table;

    private HostMemory(Path table) {
        this.table = table;
    }

    public static HostMemory ofThisHost() {
        return below(Path.of("/"));
    }

    /// Reads it of a host whose root is elsewhere.
    public static HostMemory below(Path root) {
        return new HostMemory(root.resolve("proc/meminfo"));
    }

    /// What the kernel manages: some less than what is built in. Empty when it does not tell.
    public Optional<ByteSize> total() {
        return line("MemTotal:");
    }

    /// What programs can get without pushing others out.
    public Optional<ByteSize> available() {
        return line("MemAvailable:");
    }

    private Optional<ByteSize> line(String name) {
        try {
            return Files.readAllLines(table).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> new ByteSize(Long.parseLong(line.replaceAll("[^0-9]", "")) << 10))
                    .findFirst();
        } catch (IOException notLinux) {
            return Optional.empty();
        }
    }
}
