package keystone.agent.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A living process as the kernel shows it to us in `/proc` (proc(5)).
record ProcessView(long pid) {
    /// A line of `mountinfo`: where, and with which options.
    record Mount(String point, List<String> options) {
        boolean isReadOnly() {
            return options.contains("ro");
        }
    }

    static ProcessView self() {
        return new ProcessView(ProcessHandle.current().pid());
    }

    private Path file(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private String text(String name) {
        try {
            return new String(Files.readAllBytes(file(name)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A line of `status`, with one space between its words.
    String status(String name) {
        return text("status")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip().replaceAll("\\s+", " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + file("status")));
    }

    /// `uid_map` or `gid_map`: inside, outside, how many; one space between.
    String map(String name) {
        return text(name).strip().replaceAll("\\s+", " ");
    }

    /// From a namespace's kind to its identity.
    TreeMap<String, String> namespaces() {
        var namespaces = new TreeMap<String, String>();
        for (String kind : List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")) {
            try {
                namespaces.put(kind, Files.readSymbolicLink(file("ns/" + kind)).toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return namespaces;
    }

    /// The names in a directory as the process sees it.
    TreeSet<String> list(String directory) {
        try (Stream<Path> entries = Files.list(file("root" + directory))) {
            var names = new TreeSet<String>();
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Mount> mounts() {
        return text("mountinfo")
                .lines()
                .map(line -> line.split(" ", 7))
                .map(field -> new Mount(field[4], List.of(field[5].split(",", -1))))
                .toList();
    }

    List<String> arguments() {
        return List.of(text("cmdline").split("\0", -1));
    }
}
