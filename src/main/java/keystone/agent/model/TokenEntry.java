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
/// @param heldBy the running sandboxes whose guests have a placeholder for it
public record TokenEntry(
        SecretName name,
        @Nullable String source,
        @Nullable String masked,
        @Nullable Instant changed,
        List<HostPattern> hosts,
        @Nullable String problem,
        @Nullable String fix,
        List<String> heldBy) {
    public TokenEntry {
        hosts = List.copyOf(hosts);
        heldBy = List.copyOf(heldBy);
    }

    /// One of which no sandbox is known to have a placeholder.
    public TokenEntry(
            SecretName name,
            @Nullable String source,
            @Nullable String masked,
            @Nullable Instant changed,
            List<HostPattern> hosts,
            @Nullable String problem,
            @Nullable String fix) {
        this(name, source, masked, changed, hosts, problem, fix, List.of());
    }

    public TokenEntry heldBy(List<String> sandboxes) {
        return new TokenEntry(name, source, masked, changed, hosts, problem, fix, sandboxes);
    }
}
