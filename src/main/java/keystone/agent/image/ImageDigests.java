package keystone.agent.image;

import java.util.Optional;
import keystone.agent.model.Digest;
import keystone.agent.model.ImageRecipe;

/// What decides about an image's bytes, as one number: equal digests, equal images.
final class ImageDigests {
    /// Changes whenever this room would make other bytes of the same lock and the same guest's
    /// files.
    private static final int BUILDER = 2;

    /// The same for the agents layer.
    private static final int AGENTS_BUILDER = 1;

    private ImageDigests() {}

    /// A base image's: the lock names every package, the kernel among them.
    ///
    /// @param guest of [GuestFiles]
    static Digest base(byte[] lock, Digest guest) {
        // Not formatted: the first use of a Formatter in a process takes 10 ms, and every start
        // comes here.
        return Digest.of("base " + BUILDER + " lock " + Digest.of(lock) + " guest " + guest);
    }

    /// The content of the agents layer of this program: its files name every package with a digest
    /// of its own, and nothing below it matters.
    static Digest agentsContent() {
        return Digest.of(
                "agents " + AGENTS_BUILDER + " files " + GuestFiles.recordedDigestOfAgents());
    }

    /// An image with the agents layer over a base.
    static Digest agents(Digest base, Digest content) {
        return Digest.of("agents " + content + " on " + base);
    }

    /// A project's layer's: what it stands on, and what was asked for. Of its packages it has the
    /// newest versions, which are known only when it is built; so with the state of the package
    /// sources that the last update saw, the layer changes too. A script alone has no use for them.
    static Digest layer(Digest base, ImageRecipe recipe, Optional<Digest> indexes) {
        String sources = recipe.packages().isEmpty() ? "none" : indexes.map(Digest::hex).orElse("");
        String setup = recipe.setup() == null ? "none" : Digest.of(recipe.setup()).hex();
        String packages = String.join(" ", recipe.packages());
        return Digest.of(
                "layer on "
                        + base
                        + " setup "
                        + setup
                        + " packages "
                        + packages
                        + " from "
                        + sources);
    }
}
