package keystone.agent.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Tells a command's own status 255 from ssh's.
///
/// It was the command's when ssh complained of nothing, and the shared connection is still the one
/// that it was when the command began: a new one has another socket.
final class SharedConnection {
    private static final Duration CHECK = Duration.ofSeconds(10);
    private static final int MOST_READ = 8 << 10;

    private final SandboxName name;
    private final Path config;
    private final Path socket;
    private final Path log;
    private final @Nullable Object before;

    /// @param log where ssh writes what itself has to say: the streams are the command's alone
    SharedConnection(SandboxName name, Path config, Path socket, Path log) {
        this.name = name;
        this.config = config;
        this.socket = socket;
        this.log = log;
        this.before = identity();
    }

    /// @throws UserError when 255 was ssh's
    void explain255() throws InterruptedException {
        String complaint = complaint();
        if (!complaint.isEmpty()) {
            throw SshFailure.of(complaint).toError(name, null);
        }
        boolean same = before != null && before.equals(identity());
        if (!same || !SshCommand.check(config, name).run(CHECK).ok()) {
            throw UserError.failed(
                    "the connection to the sandbox `" + name + "` was lost",
                    "keystone-agent status " + name);
        }
    }

    private @Nullable Object identity() {
        try {
            return Files.readAttributes(
                            socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException none) {
            return null;
        }
    }

    private String complaint() {
        try (var in = Files.newInputStream(log)) {
            return new String(in.readNBytes(MOST_READ), StandardCharsets.UTF_8).strip();
        } catch (IOException none) {
            return "";
        }
    }

    void forgetLog() {
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            // It lies in the run directory, which goes when the sandbox stops.
        }
    }
}
