package keystone.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What runs on this host, from `/proc`.
public final class ProcessTable {
    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /// One process.
    ///
    /// @param commandLine the arguments, each followed by a NUL byte
    public record Entry(ProcessIdentity identity, String commandLine) {
        /// The program's file name.
        public String program() {
            int end = commandLine.indexOf('\0');
            String first = end < 0 ? commandLine : commandLine.substring(0, end);
            return first.substring(first.lastIndexOf('/') + 1);
        }
    }

    /// Every process whose command line contains the text; never this one. One pass over `/proc`.
    public static List<Entry> mentioning(String text) {
        var found = new ArrayList<Entry>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                commandLine(entry)
                        .filter(line -> line.contains(text))
                        .ifPresent(line -> add(found, entry, line));
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + PROC, e);
        }
        return found;
    }

    private static void add(List<Entry> found, Path entry, String commandLine) {
        long pid = Long.parseLong(entry.getFileName().toString());
        if (pid != ProcessHandle.current().pid()) {
            ProcessIdentity.of(pid).ifPresent(id -> found.add(new Entry(id, commandLine)));
        }
    }

    static Optional<String> commandLine(Path entry) {
        try {
            byte[] line = Files.readAllBytes(entry.resolve("cmdline"));
            return Optional.of(new String(line, StandardCharsets.UTF_8));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
