package keystone.agent.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// How long after a file was written on this host a program that watches it in the guest is told,
/// as seen here: what the guest's line takes back is part of it.
final class EventLatency {
    private static final Path WATCHER = Path.of("src/it/resources/watchers/inotify.py");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int TIMES = 20;

    private EventLatency() {}

    /// The median of twenty.
    ///
    /// @param project shared with the guest
    /// @param inGuest the beginning of a command that runs in it
    static Duration measure(Path project, List<String> inGuest)
            throws IOException, InterruptedException {
        Files.copy(WATCHER, project.resolve("inotify.py"));
        Path watched = Files.createDirectory(project.resolve("watched"));
        var command = new ArrayList<>(inGuest);
        command.addAll(List.of("python3", "/workspace/inotify.py", "/workspace/watched"));
        Process watcher = new ProcessBuilder(command).start();
        try {
            BufferedReader reader = watcher.inputReader(StandardCharsets.UTF_8);
            var lines = new LinkedBlockingQueue<String>();
            Thread.startVirtualThread(() -> collect(reader, lines));
            await(lines, "ready");
            var took = new ArrayList<Duration>();
            for (int i = 0; i < TIMES; i++) {
                String name = "file" + i;
                long began = System.nanoTime();
                Files.writeString(watched.resolve(name), "text\n");
                await(lines, name + " MODIFY");
                took.add(Duration.ofNanos(System.nanoTime() - began));
            }
            Collections.sort(took);
            return took.get(TIMES / 2);
        } finally {
            // Whoever reads has the reader until then.
            watcher.destroy();
        }
    }

    private static void collect(BufferedReader reader, BlockingQueue<String> lines) {
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException closed) {
            // Enough was seen.
        }
    }

    private static void await(BlockingQueue<String> lines, String end)
            throws IOException, InterruptedException {
        String line;
        do {
            line = lines.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("nothing in the guest said `" + end + "` in time");
            }
        } while (!line.endsWith(end));
    }
}
