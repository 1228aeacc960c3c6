package keystone.agent.image;

import java.nio.file.Path;
import keystone.agent.model.Image;
import keystone.agent.model.Progress;

/// Boots guests for building layers; the caller of [Images] supplies it.
@FunctionalInterface
public interface LayerGuests {
    /// Boots the image, and returns once commands can run in it. Ends what an earlier guest in the
    /// same directory has left, when whoever had it was killed.
    ///
    /// @param directory where its disk may be; missing or a leftover, and nobody else's: the caller
    /// holds a lock
    LayerGuest boot(Image base, Path directory, Progress progress) throws InterruptedException;
}
