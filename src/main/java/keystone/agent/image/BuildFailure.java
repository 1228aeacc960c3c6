package keystone.agent.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.json.JsonException;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// Makes a sentence of what went wrong inside this room.
final class BuildFailure {
    private static final String NO_SPACE = "No space left on device";

    private final Path directory;

    BuildFailure(Path directory) {
        this.directory = directory;
    }

    /// @param what such as `the image cannot be built`
    UserError explain(String what, Exception failure) {
        return switch (failure) {
            case UserError already -> already;
            case Command.ProgramMissing missing -> HostTools.missing(missing.program());
            case ToolFailed tool when tool.mentions(NO_SPACE) -> noSpace(tool);
            case ToolFailed tool -> toolFailed(what, tool);
            case Command.TookTooLong slow -> failed(what, slow.getMessage(), slow);
            case IOException io -> fileFailed(what, io);
            case UncheckedIOException io -> fileFailed(what, io);
            case JsonException json -> failed(what, json.getMessage(), json);
            default -> throw new IllegalStateException(failure);
        };
    }

    private UserError fileFailed(String what, Exception failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains(NO_SPACE) ? noSpace(failure) : failed(what, message, failure);
    }

    private UserError noSpace(Exception cause) {
        return new UserError(
                UserError.Kind.FAILED,
                "the disk of " + directory + " is full",
                "keystone-agent image rm --unused",
                cause);
    }

    private static UserError toolFailed(String what, ToolFailed tool) {
        List<String> lines = tool.lastLines();
        List<String> last = lines.subList(Math.max(0, lines.size() - 8), lines.size());
        return failed(what, tool.getMessage(), tool).quoting(last);
    }

    private static UserError failed(String what, @Nullable String why, Exception cause) {
        return new UserError(
                UserError.Kind.FAILED, what + ": " + why, "keystone-agent doctor", cause);
    }
}
