package keystone.agent.model;

import java.nio.file.Path;
import java.util.List;

/// What a guest boots: a kernel, an initial RAM disk and read-only layers, all verified local
/// files.
///
/// @param digest covers everything that went in, so an equal digest is an equal image
/// @param layers squashfs files, the base first, each next one on top
public record Image(Digest digest, Path kernel, Path initrd, List<Path> layers)
        implements Bootable {
    public Image {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("an image has at least its base layer");
        }
    }
}
