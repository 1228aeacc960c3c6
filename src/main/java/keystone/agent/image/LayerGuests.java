package keystone.agent.image;

import keystone.agent.model.Image;
import keystone.agent.model.Progress;

/// Boots guests for building layers; the caller of [Images] supplies it.
@FunctionalInterface
public interface LayerGuests {
    /// Boots the image, and returns once commands can run in it.
    LayerGuest boot(Image base, Progress progress) throws InterruptedException;
}
