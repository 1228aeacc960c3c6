package keystone.agent.image;

import java.time.Instant;
import java.util.List;
import keystone.agent.model.Digest;
import org.jspecify.annotations.Nullable;

/// An image on this host's disk, as `image list` and `image inspect` tell it.
///
/// @param base what a layer stands on; null for a base image
/// @param agents of the agents layer, what its content was made from; null for other images
/// @param kernel the version of the kernel that boots it
/// @param bytes what its files need on the disk
/// @param packages name and version, `git 1:2.39.5-0+deb12u3`; of a layer, only what it adds
/// @param setup the script that made a layer, after its packages; null when there was none
public record StoredImage(
        Digest digest,
        @Nullable Digest base,
        @Nullable Digest agents,
        Instant built,
        String kernel,
        long bytes,
        List<String> packages,
        @Nullable String setup) {
    public StoredImage {
        packages = List.copyOf(packages);
    }

    public boolean isLayer() {
        return base != null;
    }

    public boolean isAgentsLayer() {
        return agents != null;
    }

    /// Layers lie in one order: the base, the agents, the project's own.
    boolean mayLieOn(StoredImage below) {
        return !below.isLayer() || (below.isAgentsLayer() && !isAgentsLayer());
    }
}
