package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.image.BuildMode;
import keystone.agent.image.Images;
import keystone.agent.image.LayerGuests;
import keystone.agent.image.StoredImage;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.NixRecipe;
import keystone.agent.model.Printable;
import keystone.agent.model.Progress;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;
import keystone.agent.nixos.NixImages;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.supervisor.Checkpoint;
import keystone.agent.workspace.Reach;

/// Images as people use them: built when needed, shown with who uses them, removed when nobody
/// does.
public final class SandboxImages {
    /// Which versions of its packages an image is built from.
    public enum Versions {
        /// What the lock says.
        LOCKED,
        /// What the package sources have now; the lock is written anew.
        NEWEST
    }

    private final Images images;
    private final NixImages nixImages;
    private final Store store;
    private final LayerGuests layerGuests;
    private final Checkpoint checkpoint;

    SandboxImages(
            Images images,
            NixImages nixImages,
            Store store,
            LayerGuests layerGuests,
            Checkpoint checkpoint) {
        this.images = images;
        this.nixImages = nixImages;
        this.store = store;
        this.layerGuests = layerGuests;
        this.checkpoint = checkpoint;
    }

    /// Builds the agents layer too, unless it is there already.
    public Image buildAgents(Versions versions, StartListener listener)
            throws InterruptedException {
        build(versions, listener);
        return images.buildAgents(marking(listener));
    }

    /// Builds the base image, unless it is there already.
    public Image build(Versions versions, StartListener listener) throws InterruptedException {
        BuildMode mode =
                switch (versions) {
                    case LOCKED -> BuildMode.LOCKED;
                    case NEWEST -> BuildMode.UPDATE;
                };
        return images.build(mode, marking(listener));
    }

    /// Each step of a build is a moment, `image:` and the step's first word.
    private Progress marking(StartListener listener) {
        return (step, fraction) -> {
            listener.at(step, fraction);
            checkpoint.reached("image:" + step.split(" ", 2)[0]);
        };
    }

    /// The image of a new disk: the base, the agents where they are wanted, and the project's own
    /// layer. Decided offline in milliseconds when all are there.
    /// What a NixOS guest is made from is only written down: its supervisor builds.
    ///
    /// @param project whose guest it is for
    Digest ensure(ImageRecipe recipe, Path project, StartListener listener)
            throws InterruptedException {
        if (recipe.nix() != null) {
            return keep(recipe, recipe.nix(), project);
        }
        Optional<Image> found = images.find(recipe);
        if (found.isPresent()) {
            return found.get().digest();
        }
        Progress progress = marking(listener);
        Image base = images.build(BuildMode.LOCKED, progress);
        Image below =
                switch (recipe.agents()) {
                    case LEFT_OUT -> base;
                    case INCLUDED -> images.buildAgents(progress);
                };
        Image made = recipe.hasOwnLayer() ? images.build(recipe, layerGuests, progress) : below;
        return made.digest();
    }

    private Digest keep(ImageRecipe recipe, NixRecipe nix, Path project) {
        if (recipe.hasOwnLayer() || recipe.agents() == ImageRecipe.AgentsLayer.INCLUDED) {
            throw UserError.usage(
                    "a NixOS guest has no layers: neither the agents' nor [image] packages and setup",
                    "put what it needs into a module of [nix] modules, or use --image debian");
        }
        var writable = new ArrayList<>(store.writable());
        writable.add(project);
        var reach = new Reach(writable);
        for (Path module : nix.modules()) {
            if (reach.includes(module)) {
                throw UserError.usage(
                        "a guest can change the NixOS module %s, and nix would evaluate it on this host"
                                .formatted(Printable.of(module.toString())),
                        "keep it outside of projects and what is shared with guests");
            }
        }
        return nixImages.keep(nix);
    }

    /// Says so when a new disk gets another kind of guest than the one before it.
    void noteOtherBackend(SandboxSpec before, SandboxSpec now, StartListener listener) {
        if (isNix(before) != isNix(now)) {
            listener.notice(
                    "the guest of `%s` is %s from now on; --image, or `backend` under [image], says which"
                            .formatted(now.name(), isNix(now) ? "NixOS" : "Debian's"));
        }
    }

    /// Whether a sandbox's guest is built by nix.
    boolean isNix(SandboxSpec spec) {
        return nixImages.has(spec.image());
    }

    /// Says so when a sandbox's disk is over another image than a new one would be.
    void noteNewer(SandboxSpec spec, ImageRecipe recipe, StartListener listener) {
        NixRecipe nix = recipe.nix();
        Optional<Digest> next =
                nix == null ? images.find(recipe).map(Image::digest) : nixImages.digest(nix);
        boolean same = next.filter(spec.image()::equals).isPresent();
        if (!same) {
            listener.notice(
                    "`%s` keeps the image %s that its disk was made over; a new one comes with: keystone-agent start --fresh --name %s"
                            .formatted(spec.name(), spec.image().brief(), spec.name()));
        }
    }

    public List<ImageEntry> list() {
        Map<Digest, List<String>> users = users();
        return images.list().stream().map(image -> entry(image, users)).toList();
    }

    /// One image in full.
    ///
    /// @param digestPrefix enough digits to mean one image
    public StoredImage inspect(String digestPrefix) {
        return images.inspect(digestPrefix);
    }

    /// One line when the project's toolchain is not in the image.
    Optional<String> toolchainHint(SandboxSpec spec) {
        return images.open(spec.image())
                .flatMap(image -> images.toolchainHint(spec.project(), image));
    }

    /// Whether a guest of that disk has the agents layer.
    boolean hasAgents(SandboxSpec spec) {
        return images.hasAgents(spec.image());
    }

    /// Removes an image that nobody uses.
    public void remove(String digestPrefix) throws InterruptedException {
        images.remove(digestPrefix, this::users);
    }

    /// Removes every image that neither a sandbox nor the next start uses.
    public List<ImageEntry> removeUnused() throws InterruptedException {
        return images.removeUnused(this::users).stream()
                .map(each -> entry(each, Map.of()))
                .toList();
    }

    /// Who uses a layer uses what it stands on.
    private Map<Digest, List<String>> users() {
        var users = new HashMap<Digest, List<String>>();
        for (SandboxDir dir : store.all()) {
            try {
                SandboxSpec spec = dir.spec();
                users.computeIfAbsent(spec.image(), _ -> new ArrayList<>())
                        .add(spec.name().value());
            } catch (UserError unreadable) {
                if (store.find(dir.name()).isEmpty()) {
                    // It was removed while we looked.
                    continue;
                }
                throw UserError.failed(
                        "it cannot be told which image `%s` uses: %s"
                                .formatted(dir.name(), unreadable.problem()),
                        unreadable.fix());
            }
        }
        var all = new HashMap<Digest, List<String>>();
        users.forEach(
                (digest, names) -> {
                    for (Digest each : images.pile(digest)) {
                        all.computeIfAbsent(each, _ -> new ArrayList<>()).addAll(names);
                    }
                });
        return all;
    }

    private static String kind(StoredImage image) {
        if (image.isAgentsLayer()) {
            return "agents";
        }
        return image.isLayer() ? "layer" : "base";
    }

    private static ImageEntry entry(StoredImage image, Map<Digest, List<String>> users) {
        return new ImageEntry(
                image.digest(),
                kind(image),
                image.bytes(),
                image.built(),
                users.getOrDefault(image.digest(), List.of()).stream()
                        .distinct()
                        .map(SandboxName::new)
                        .toList());
    }
}
