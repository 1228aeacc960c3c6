package keystone.agent.cli;

import java.util.List;
import keystone.agent.model.Digest;
import keystone.agent.sandbox.ImageEntry;
import org.jspecify.annotations.Nullable;

/// All that is known of one image.
///
/// @param base what a layer stands on; null for a base
/// @param kernel the version of the kernel that boots it
/// @param packages name and version; of a layer, only what it adds
/// @param setup the script that made a layer; null when there was none
public record ImageDetails(
        ImageEntry entry,
        @Nullable Digest base,
        String kernel,
        List<String> packages,
        @Nullable String setup) {
    public ImageDetails {
        packages = List.copyOf(packages);
    }
}
