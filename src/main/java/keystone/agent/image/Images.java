package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import keystone.agent.model.AgentName;
import keystone.agent.model.Check;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.Progress;
import keystone.agent.model.UserError;

/// The images on this host: found by what goes into them, built when they are missing, listed and
/// removed. Thread-safe; one object per directory and process.
///
/// Finding one reads a few files and asks nobody. Only building needs the network, and only for
/// what was not downloaded before.
public final class Images {
    /// A large file takes its time until it is safe from a power cut.
    private static final String WRITING = "writing the image to the disk";

    private final Path lockFile;
    private final Shelf shelf;
    private final InstantSource clock;
    private final Resolver resolver;
    private final Namespaces namespaces = new Namespaces(HostTools.weAreRoot());
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final BuildFailure failure;

    /// @param directory where images are kept; made when the first one is built
    /// @param lockFile the exact versions of packages and kernel; written by [#build]
    public Images(Path directory, Path lockFile, InstantSource clock) {
        this(directory, lockFile, clock, new HostResolver());
    }

    /// @param resolver chooses versions
    Images(Path directory, Path lockFile, InstantSource clock, Resolver resolver) {
        this.lockFile = lockFile;
        this.resolver = resolver;
        this.shelf =
                new Shelf(
                        directory.toAbsolutePath(),
                        HostTools.weAreRoot()
                                ? Shelf.Machines.OF_ANY_OWNER
                                : Shelf.Machines.OF_OUR_OWN);
        this.clock = clock;
        this.failure = new BuildFailure(directory);
    }

    /// The base image that the lock and this version of the program stand for, if it is here.
    public Optional<Image> find() {
        return baseDigest().flatMap(shelf::find).flatMap(shelf::bootable);
    }

    /// The image for a project with this recipe, if it and its base are here.
    public Optional<Image> find(ImageRecipe recipe) {
        Optional<Image> below = below(recipe);
        if (!recipe.hasOwnLayer()) {
            return below;
        }
        return below.map(base -> layerDigest(base, recipe)).flatMap(this::open);
    }

    /// What a project's own layer lies on.
    private Optional<Image> below(ImageRecipe recipe) {
        return switch (recipe.agents()) {
            case LEFT_OUT -> find();
            case INCLUDED -> agentsDigest().flatMap(this::open);
        };
    }

    /// The image with exactly this digest, if it and what it stands on are here.
    public Optional<Image> open(Digest digest) {
        return shelf.find(digest).flatMap(shelf::bootable);
    }

    private Digest layerDigest(Image base, ImageRecipe recipe) {
        return ImageDigests.layer(base.digest(), recipe, Versions.indexes(lockFile));
    }

    private Optional<Digest> agentsDigest() {
        return baseDigest().map(base -> ImageDigests.agents(base, ImageDigests.agentsContent()));
    }

    private Optional<Digest> baseDigest() {
        try {
            return Optional.of(
                    ImageDigests.base(Files.readAllBytes(lockFile), GuestFiles.recordedDigest()));
        } catch (IOException thereIsNoLock) {
            return Optional.empty();
        }
    }

    /// Builds the base image, unless it is here already. Another process that builds is waited for,
    /// and its result is used.
    public Image build(BuildMode mode, Progress progress) throws InterruptedException {
        return alone(
                progress,
                "the image cannot be built",
                () -> {
                    Versions versions = choose(mode, progress);
                    Digest digest =
                            ImageDigests.base(versions.lock().bytes(), GuestFiles.recordedDigest());
                    if (shelf.find(digest).isEmpty()) {
                        buildBase(versions.lock(), digest, progress);
                    }
                    // Only now: until the new image is on the shelf, whatever fails or is killed
                    // leaves the old one in use. Killed right here, the new one lies on the shelf
                    // unused, and the next update that chooses the same versions takes it.
                    versions.write(lockFile);
                    return find().orElseThrow(
                                    () -> new IOException("the new image is not complete"));
                });
    }

    /// Builds the agents layer over the base image, which must be here, unless it is here already.
    public Image buildAgents(Progress progress) throws InterruptedException {
        ImageRecipe recipe = ImageRecipe.NONE.with(ImageRecipe.AgentsLayer.INCLUDED);
        return alone(
                progress,
                "the agents layer cannot be built",
                () -> {
                    Optional<Image> found = find(recipe);
                    return found.isPresent() ? found.get() : buildAgents(recipe, progress);
                });
    }

    private Image buildAgents(ImageRecipe recipe, Progress progress)
            throws IOException, InterruptedException {
        StoredImage base = baseDigest().flatMap(shelf::find).orElseThrow(Images::noBase);
        inWorkDirectory(
                work -> {
                    var build = new AgentsBuild(work, GuestFiles.ofAgents(), progress);
                    build.run(shelf, namespaces);
                    progress.at(WRITING);
                    shelf.publish(work.resolve("image"), build.image(base, clock.instant()));
                    return base;
                });
        return find(recipe).orElseThrow(() -> new IOException("the new layer is not complete"));
    }

    /// The version of an agent that the agents layer of this program holds.
    public Optional<String> agentVersion(AgentName agent) {
        return AgentPins.of(GuestFiles.ofAgents()).version(agent);
    }

    /// Builds a project's layer over what it lies on, which must be here, unless it is here
    /// already.
    ///
    /// Packages are the newest that the base's own package sources have; the script has no network.
    public Image build(ImageRecipe recipe, LayerGuests guests, Progress progress)
            throws InterruptedException {
        return alone(
                progress,
                "the project's layer cannot be built",
                () -> {
                    Optional<Image> found = find(recipe);
                    return found.isPresent() ? found.get() : buildLayer(recipe, guests, progress);
                });
    }

    /// The versions to build from. Those of the lock stay where nothing is newer, so that the
    /// image's digest stays.
    private Versions choose(BuildMode mode, Progress progress)
            throws IOException, InterruptedException {
        Optional<ImageLock> old = ImageLock.read(lockFile);
        List<String> packages = GuestFiles.load().list("packages");
        boolean complete = old.filter(lock -> lock.requested().equals(packages)).isPresent();
        if (mode == BuildMode.LOCKED && complete) {
            return new Versions(old.orElseThrow(), Versions.indexes(lockFile));
        }
        HostTools.require();
        progress.at("looking for the newest packages");
        Versions newest = inWorkDirectory(work -> resolver.newest(work, packages));
        return old.filter(newest.lock()::sameVersions)
                .map(same -> new Versions(same, newest.indexes()))
                .orElse(newest);
    }

    private void buildBase(ImageLock lock, Digest digest, Progress progress)
            throws IOException, InterruptedException {
        HostTools.require();
        DiskSpace.require(shelf.directory(), lock.all());
        inWorkDirectory(
                work -> {
                    String kernel =
                            new BaseBuild(work, lock, GuestFiles.load(), progress)
                                    .run(new PackageCache(shelf.packages()), namespaces);
                    progress.at(WRITING);
                    shelf.publish(
                            work.resolve("image"),
                            new StoredImage(
                                    digest,
                                    null,
                                    null,
                                    clock.instant(),
                                    kernel,
                                    0,
                                    labels(lock.packages()),
                                    null));
                    return digest;
                });
    }

    private Image buildLayer(ImageRecipe recipe, LayerGuests guests, Progress progress)
            throws IOException, InterruptedException {
        HostTools.require();
        ImageLock lock = ImageLock.read(lockFile).orElseThrow(Images::noBase);
        Image base = below(recipe).orElseThrow(Images::noBase);
        StoredImage below = shelf.find(base.digest()).orElseThrow(Images::noBase);
        // The agents layer has no package of the distribution's.
        Digest bottom = baseDigest().orElseThrow(Images::noBase);
        Path status = shelf.place(bottom).resolve(Manifest.STATUS);
        inWorkDirectory(
                work -> {
                    var cache = new PackageCache(shelf.packages());
                    var build = new LayerBuild(work, recipe, GuestFiles.load(), progress);
                    List<LockedPackage> packages =
                            build.choosePackages(lock.sources(), Files.readString(status), cache);
                    DiskSpace.require(shelf.directory(), packages);
                    build.run(
                            base,
                            guests,
                            shelf.guest(),
                            packages.stream().map(cache::file).toList());
                    progress.at(WRITING);
                    shelf.publish(
                            work.resolve("image"),
                            new StoredImage(
                                    layerDigest(base, recipe),
                                    base.digest(),
                                    null,
                                    clock.instant(),
                                    below.kernel(),
                                    0,
                                    labels(packages),
                                    recipe.setup()));
                    return base;
                });
        return find(recipe).orElseThrow(() -> new IOException("the new layer is not complete"));
    }

    private static UserError noBase() {
        return UserError.wrongState("there is no base image yet", "keystone-agent image build");
    }

    private static List<String> labels(List<LockedPackage> packages) {
        return packages.stream().map(LockedPackage::label).sorted().toList();
    }

    /// All images on this host, the newest first.
    public List<StoredImage> list() {
        return shelf.all();
    }

    /// Whether the agents layer is among what an image stands on.
    public boolean hasAgents(Digest digest) {
        return shelf.find(digest).map(shelf::pile).orElse(List.of()).stream()
                .anyMatch(StoredImage::isAgentsLayer);
    }

    /// The digests of an image and of what it stands on; of one that is not here, only its own.
    public List<Digest> pile(Digest digest) {
        return shelf.find(digest)
                .map(top -> shelf.pile(top).stream().map(StoredImage::digest).toList())
                .orElse(List.of(digest));
    }

    /// The one image whose digest begins so.
    public StoredImage inspect(String digestOrPrefix) {
        return new Removal(shelf).one(digestOrPrefix);
    }

    /// Removes an image that nobody uses.
    ///
    /// @param inUse digests of the images that sandboxes were made from, with the sandboxes' names;
    /// asked once nobody builds, since whoever builds is about to use what comes of it
    public StoredImage remove(String digestOrPrefix, Supplier<Map<Digest, List<String>>> inUse)
            throws InterruptedException {
        return alone(
                Progress.SILENT,
                "the image cannot be removed",
                () -> new Removal(shelf).remove(digestOrPrefix, inUse.get()));
    }

    /// Removes every image that nobody uses, but for the base image that the next start would use
    /// and the agents layer over it; and downloads that are not needed to build the base again.
    ///
    /// @param inUse as for [#remove]
    /// @return what was removed
    public List<StoredImage> removeUnused(Supplier<Map<Digest, List<String>>> inUse)
            throws InterruptedException {
        return alone(
                Progress.SILENT,
                "images cannot be removed",
                () -> {
                    List<LockedPackage> needed =
                            ImageLock.read(lockFile).map(ImageLock::all).orElse(List.of());
                    new PackageCache(shelf.packages()).removeExcept(needed);
                    List<Digest> current =
                            Stream.of(baseDigest(), agentsDigest())
                                    .flatMap(Optional::stream)
                                    .toList();
                    return new Removal(shelf).removeUnused(inUse.get(), current);
                });
    }

    /// Suggests a recipe, in one line, to a project whose toolchain the image lacks.
    public Optional<String> toolchainHint(Path project, Image image) {
        Optional<StoredImage> top = shelf.find(image.digest());
        List<String> names =
                top.map(shelf::pile).orElse(List.of()).stream()
                        .filter(stored -> !stored.isAgentsLayer())
                        .flatMap(stored -> stored.packages().stream())
                        .map(label -> label.split(" ", 2)[0])
                        .toList();
        boolean setUpByHand = top.map(StoredImage::setup).isPresent();
        return setUpByHand ? Optional.empty() : ToolchainHint.of(project, names);
    }

    /// Makes the empty writable disk of a sandbox, a sparse qcow2 with mode 0600.
    public void createDisk(Path target, long bytes) throws InterruptedException {
        try {
            WritableDisk.create(target, bytes);
        } catch (IOException | RuntimeException failed) {
            throw failure.explain("the disk " + target + " cannot be made", failed);
        }
    }

    /// Makes a sandbox's disk larger; one that is large enough stays as it is. Nothing may run from
    /// it.
    public void growDisk(Path disk, long bytes) throws InterruptedException {
        try {
            WritableDisk.grow(disk, bytes);
        } catch (IOException | RuntimeException failed) {
            throw failure.explain("the disk " + disk + " cannot be enlarged", failed);
        }
    }

    /// What building images needs of the host.
    public List<Check> checks() throws InterruptedException {
        return HostTools.checks(namespaces);
    }

    private interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    private interface WorkIn<T> {
        T run(Path directory) throws IOException, InterruptedException;
    }

    /// Runs with the build lock, after what killed builds have left was removed.
    private <T> T alone(Progress progress, String otherwise, Work<T> work)
            throws InterruptedException {
        Runnable onWait = () -> progress.at("waiting for another image build to end");
        oneAtATime.lockInterruptibly();
        try {
            DurableFiles.privateDirectory(shelf.directory());
            try (var _ = BuildLock.take(shelf.lock(), onWait)) {
                var sweeper = new Sweeper(namespaces);
                for (Path leftover : shelf.leftovers()) {
                    sweeper.remove(leftover);
                }
                return work.run();
            }
        } catch (IOException | RuntimeException failed) {
            throw failure.explain(otherwise, failed);
        } finally {
            oneAtATime.unlock();
        }
    }

    private <T> T inWorkDirectory(WorkIn<T> work) throws IOException, InterruptedException {
        Path directory = shelf.begin();
        try {
            return work.run(directory);
        } finally {
            var sweeper = new Sweeper(namespaces);
            sweeper.remove(directory);
            sweeper.remove(shelf.guest());
        }
    }
}
