package keystone.agent.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of a secret on this host, without the value.
///
/// @param source where it was found; null when it is nowhere
/// @param masked how the value is shown; null where it was not looked at
/// @param changed when its file was last changed; null where it is in none
/// @param problem why it cannot be read; null when it can
/// @param fix null when there is no problem
public record TokenEntry(
        SecretName name,
        @Nullable String source,
        @Nullable String masked,
        @Nullable Instant changed,
        List<HostPattern> hosts,
        @Nullable String problem,
        @Nullable String fix) {
    public TokenEntry {
        hosts = List.copyOf(hosts);
    }
}
