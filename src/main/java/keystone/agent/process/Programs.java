package keystone.agent.process;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where programs are: `PATH`, then the system directories that an ordinary user's `PATH` often
/// lacks.
public final class Programs {
    private Programs() {}

    public static Optional<Path> locate(String name) {
        if (name.contains("/")) {
            Path path = Path.of(name);
            return Files.isExecutable(path) ? Optional.of(path) : Optional.empty();
        }
        String path = System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        for (String directory : (path + ":/usr/local/sbin:/usr/sbin:/sbin").split(":", -1)) {
            // An empty or relative entry would run programs from the current directory.
            if (directory.startsWith("/")) {
                Path candidate = Path.of(directory, name);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    static Path find(String name) throws IOException {
        return locate(name).orElseThrow(() -> new FileNotFoundException(name));
    }

    /// Names the program that was not found: the command's own, or one that it is started through.
    static Command.ProgramMissing missing(Command command, @Nullable Throwable cause) {
        String name =
                cause instanceof FileNotFoundException
                        ? String.valueOf(cause.getMessage())
                        : command.program();
        return new Command.ProgramMissing(name, cause);
    }
}
