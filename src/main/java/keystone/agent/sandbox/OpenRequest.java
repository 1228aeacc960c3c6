package keystone.agent.sandbox;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What `open` was asked for.
///
/// @param editor its word or program; null is the user's usual one
/// @param path as it was typed; null is the project
/// @param line counted from one; 0 is none
/// @param directory what a relative path starts from
public record OpenRequest(
        @Nullable String editor, Side side, @Nullable String path, int line, Path directory) {
    /// Where the editor looks at the files.
    public enum Side {
        /// What is best for the editor.
        USUAL,
        HOST
    }
}
