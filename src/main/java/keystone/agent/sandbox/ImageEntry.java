package keystone.agent.sandbox;

import java.time.Instant;
import java.util.List;
import keystone.agent.model.Digest;
import keystone.agent.model.SandboxName;

/// An image on this host.
///
/// @param kind `base`, `agents` or `layer`
/// @param usedBy the sandboxes whose disks are made over it
public record ImageEntry(
        Digest digest, String kind, long bytes, Instant built, List<SandboxName> usedBy) {
    public ImageEntry {
        usedBy = List.copyOf(usedBy);
    }
}
