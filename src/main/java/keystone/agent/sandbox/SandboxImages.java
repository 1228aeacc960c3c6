package keystone.agent.sandbox;

import java.util.List;
import keystone.agent.model.Image;

/// Building, listing and removing images.
@SuppressWarnings("DoNotCallSuggester")
public final class SandboxImages {
    /// Which versions of its packages an image is built from.
    public enum Versions {
        LOCKED,
        NEWEST
    }

    public Image build(Versions versions, StartListener listener) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public List<ImageEntry> list() {
        throw new UnsupportedOperationException();
    }

    public keystone.agent.image.StoredImage inspect(String digestPrefix) {
        throw new UnsupportedOperationException();
    }

    public void remove(String digestPrefix) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public List<ImageEntry> removeUnused() throws InterruptedException {
        throw new UnsupportedOperationException();
    }
}
