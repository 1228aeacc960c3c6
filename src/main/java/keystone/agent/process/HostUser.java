package keystone.agent.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.model.Owner;

/// Whom this process works as.
public record HostUser(Owner ids) {
    /// From `/proc/self/status`: the effective ids (proc(5)).
    public static HostUser current() {
        Path status = Path.of("/proc/self/status");
        try {
            List<String> lines = Files.readAllLines(status);
            return new HostUser(
                    new Owner(field(lines, "Uid:").get(1), field(lines, "Gid:").get(1)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + status, e);
        }
    }

    private static List<Integer> field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .flatMap(line -> Stream.of(line.substring(name.length()).strip().split("\\s+", -1)))
                .filter(number -> !number.isEmpty())
                .map(Integer::valueOf)
                .toList();
    }

    public boolean isRoot() {
        return ids.isRoot();
    }
}
