package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import org.jspecify.annotations.Nullable;

/// What `start` was asked for.
///
/// @param project the directory to show at `/workspace`, as the person gave it
/// @param name null is the project's sandbox, or a new one named after its directory
/// @param flags by which settings were given, as they can be typed again
/// @param unrecorded those of them that hold for one run, and so nobody can look up later
public record StartRequest(
        Path project,
        @Nullable SandboxName name,
        Disk disk,
        Settings settings,
        List<String> flags,
        List<String> unrecorded) {
    public StartRequest {
        flags = List.copyOf(flags);
        unrecorded = List.copyOf(unrecorded);
    }

    /// By what the files say.
    public StartRequest(Path project, @Nullable SandboxName name, Disk disk, Settings settings) {
        this(project, name, disk, settings, List.of(), List.of());
    }

    /// What is said when the sandbox runs, and stays as it is.
    ///
    /// @param isOther whether it was started with something else than is asked for now
    Optional<String> notice(SandboxName running, boolean isOther) {
        if (!isOther && unrecorded.isEmpty()) {
            return Optional.empty();
        }
        if (flags.isEmpty()) {
            return Optional.of(
                    "`%s` is running; what the settings say now takes effect after: keystone-agent restart %s"
                            .formatted(running, running));
        }
        return Optional.of(
                "`%s` is running, and takes flags only when it starts: keystone-agent stop %s && keystone-agent start %s --name %s"
                        .formatted(running, running, String.join(" ", flags), running));
    }

    /// What happens to what the sandbox had.
    public enum Disk {
        KEEP,
        /// `--fresh`: disk, keys and ids are discarded first.
        FRESH,
        /// The same, and with them commits that nobody has fetched.
        FRESH_WHATEVER_IT_HOLDS
    }
}
