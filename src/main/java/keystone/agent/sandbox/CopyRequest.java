package keystone.agent.sandbox;

import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;

/// What `cp` copies.
public record CopyRequest(CopyEnd from, CopyEnd to) {
    /// One side.
    ///
    /// @param sandbox null is the host
    public record CopyEnd(@Nullable SandboxName sandbox, String path) {}
}
