package keystone.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a running guest cannot see of the directories it shares, and what it can though it should
/// not.
///
/// @param masked paths, of the project relative to it, of mounts as the guest has them
/// @param readable the same of files that match and are not masked
/// @param problem why there may be more of these; null when all has been looked at
public record Masking(List<String> masked, List<Exposed> readable, @Nullable String problem) {
    /// Nothing is shared.
    public static final Masking NONE = new Masking(List.of(), List.of(), null);

    /// One that the guest can read.
    ///
    /// @param why a sentence without a full stop
    public record Exposed(String path, String why) {}

    public Masking {
        masked = List.copyOf(masked);
        readable = List.copyOf(readable);
    }
}
