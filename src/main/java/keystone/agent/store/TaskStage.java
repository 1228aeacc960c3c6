package keystone.agent.store;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/// Files that are to come with a task's prompt, until the task has taken them: copies, so that
/// nobody can change what was chosen.
public final class TaskStage implements AutoCloseable {
    private static final String BEGINNING = ".staged-";
    private static final Pattern NAME = Pattern.compile("\\.staged-[0-9a-f]{32}");
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    private final Path path;

    private TaskStage(Path path) {
        this.path = path;
    }

    public static TaskStage make(SandboxDir sandbox) {
        Path all = sandbox.makeTasks();
        String name = BEGINNING + UUID.randomUUID().toString().replace("-", "");
        return new TaskStage(PrivateFiles.createDirectories(all.resolve(name)));
    }

    /// By which the task finds it.
    public String name() {
        return String.valueOf(path.getFileName());
    }

    /// A new file; whoever writes it closes it.
    ///
    /// @param name of its own, and without a slash
    public OutputStream add(String name) throws IOException {
        return Channels.newOutputStream(PrivateFiles.append(path.resolve(name)));
    }

    /// Gives them to a task.
    static void take(Path tasks, String name, Path to) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("nothing is staged under such a name");
        }
        try {
            Files.move(tasks.resolve(name), to);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take the files of a task from " + name, e);
        }
    }

    /// Removes what commands have left that were killed.
    public static void sweep(SandboxDir sandbox, Instant now) {
        Path all = TaskDir.all(sandbox.path());
        try (DirectoryStream<Path> staged = Files.newDirectoryStream(all, BEGINNING + "*")) {
            for (Path each : staged) {
                if (isOlder(each, now.minus(FORGOTTEN))) {
                    PrivateFiles.deleteTree(each);
                }
            }
        } catch (NoSuchFileException none) {
            // There has been no task yet.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + all, e);
        }
    }

    private static boolean isOlder(Path stage, Instant than) throws IOException {
        try {
            return Files.getLastModifiedTime(stage).toInstant().isBefore(than);
        } catch (NoSuchFileException takenOrClosed) {
            return false;
        }
    }

    /// Removes what no task has taken.
    @Override
    public void close() {
        if (Files.isDirectory(path)) {
            PrivateFiles.deleteTree(path);
        }
    }
}
