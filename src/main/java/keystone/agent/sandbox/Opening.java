package keystone.agent.sandbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How an editor is told to open a place.
///
/// @param editor its word
/// @param alias the host that its ssh goes to; null when it opens the files of this host
/// @param path where it looks, there
/// @param address what a browser opens it by; null when it has none
/// @param command a program and its arguments
public record Opening(
        String editor,
        @Nullable String alias,
        String path,
        @Nullable String address,
        List<String> command) {
    public Opening {
        command = List.copyOf(command);
    }
}
