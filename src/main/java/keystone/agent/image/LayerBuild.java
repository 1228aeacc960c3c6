package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import keystone.agent.model.Image;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.Printable;
import keystone.agent.model.Progress;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;

/// Makes a project's layer: packages are chosen and fetched on the host, installed in a guest of
/// the base image, the project's script runs there, and what the guest's disk then holds becomes
/// the layer.
///
/// The guest has no network and is not trusted: what it sends is packed by a confined process.
final class LayerBuild {
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final int KEPT_LINES = 40;

    /// Where the guest keeps our files: on its disk, but outside of what becomes the layer.
    private static final String THERE = "/run/ks-disk/layer/";

    private final Path work;
    private final ImageRecipe recipe;
    private final GuestFiles files;
    private final Progress progress;

    /// @param work the build's own directory; the layer appears in its folder `image`
    LayerBuild(Path work, ImageRecipe recipe, GuestFiles files, Progress progress) {
        this.work = work;
        this.recipe = recipe;
        this.files = files;
        this.progress = progress;
    }

    /// Finds out what the recipe's packages need beyond the base, and fetches it.
    ///
    /// @param installed the dpkg status of the base
    /// @return the packages that the layer adds
    List<LockedPackage> choosePackages(
            List<PackageSource> sources, String installed, PackageCache cache)
            throws IOException, InterruptedException {
        if (recipe.packages().isEmpty()) {
            return List.of();
        }
        progress.at("looking for packages");
        Apt apt = Apt.in(work.resolve("apt"), sources, installed);
        apt.update();
        try {
            List<LockedPackage> chosen = apt.resolve(recipe.packages());
            cache.ensure(chosen, apt, work.resolve("downloads"), progress);
            return chosen;
        } catch (ToolFailed failed) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the packages for this project cannot be had: " + failed.lastError(),
                    "correct `packages` under [image] in .keystone/agent.toml",
                    failed);
        }
    }

    /// Boots a guest, and leaves the layer's file in `image`.
    ///
    /// @param room where the guest's disk may be
    void run(Image base, LayerGuests guests, Path room, List<Path> packages)
            throws IOException, InterruptedException {
        Path image = Files.createDirectory(work.resolve("image"));
        progress.at("starting a guest to install in");
        try (LayerGuest guest = guests.boot(base, room, progress)) {
            send(guest, packages);
            if (!packages.isEmpty()) {
                var counting = new InstallProgress(progress, packages.size());
                inGuest(guest, "install", "installing the project's packages", counting);
            }
            if (recipe.setup() != null) {
                Consumer<String> show = line -> progress.at("setup: " + Printable.of(line).strip());
                inGuest(guest, "setup", "the project's `setup` script", show);
            }
            progress.at("packing the layer");
            pack(guest, image);
        }
    }

    private void send(LayerGuest guest, List<Path> packages)
            throws IOException, InterruptedException {
        progress.at("copying packages into the guest");
        Path archive = work.resolve("layer.tar");
        LayerArchive.write(archive, files, recipe.setup(), packages);
        List<String> unpack = List.of("tar", "-x", "--no-same-owner", "-C", "/run/ks-disk");
        try (InputStream stream = Files.newInputStream(archive)) {
            run(guest, unpack, stream, "copying packages into the guest", _ -> {});
        }
    }

    private static void inGuest(
            LayerGuest guest, String script, String what, Consumer<String> onLine)
            throws IOException, InterruptedException {
        List<String> command = List.of("timeout", "--kill-after=10", "3600", THERE + script);
        run(guest, command, InputStream.nullInputStream(), what, onLine);
    }

    private static void run(
            LayerGuest guest,
            List<String> command,
            InputStream input,
            String what,
            Consumer<String> onLine)
            throws IOException, InterruptedException {
        var said = new Tail(KEPT_LINES);
        Consumer<String> both =
                line -> {
                    said.add(line);
                    onLine.accept(line);
                };
        int status;
        try (var output = new LineStream(both);
                var errors = new LineStream(both)) {
            status = guest.run(command, input, output, errors);
        }
        if (status != 0) {
            throw failed(what, status, said);
        }
    }

    private static void pack(LayerGuest guest, Path image) throws InterruptedException {
        var said = new Tail(KEPT_LINES);
        var lost = new AtomicReference<UserError>();
        Tool packing =
                Tool.of(confined(image), LIMIT)
                        .from(
                                stream -> {
                                    int status = send(guest, stream, said, lost);
                                    if (status != 0) {
                                        throw failed("packing the layer", status, said);
                                    }
                                });
        try {
            packing.run();
        } catch (ToolFailed cutOff) {
            // Of a guest that went away the tool only knows that its archive has no end.
            throw lost.get() == null ? cutOff : lost.get();
        }
    }

    private static int send(
            LayerGuest guest, OutputStream stream, Tail said, AtomicReference<UserError> lost)
            throws IOException, InterruptedException {
        try {
            return guest.run(
                    List.of(THERE + "pack"),
                    InputStream.nullInputStream(),
                    stream,
                    new LineStream(said::add));
        } catch (UserError gone) {
            lost.set(gone);
            throw gone;
        }
    }

    /// The guest may send anything, so what reads it sees no file of the host but its own.
    static Command confined(Path image) {
        var confined = new ArrayList<>(List.of("unshare"));
        if (!HostTools.weAreRoot()) {
            confined.add("--map-root-user");
        }
        // What is taken over could keep bubblewrap's own first process from dying with its parent.
        confined.addAll(Confinement.GUARD);
        confined.addAll(List.of("bwrap", "--unshare-all", "--die-with-parent", "--new-session"));
        confined.addAll(List.of("--cap-drop", "ALL", "--unshare-user", "--uid", "0", "--gid", "0"));
        confined.addAll(List.of("--ro-bind", "/usr", "/usr"));
        for (String link : List.of("bin", "lib", "lib64", "sbin")) {
            confined.addAll(List.of("--symlink", "usr/" + link, "/" + link));
        }
        confined.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"));
        confined.addAll(List.of("--bind", image.toString(), "/image", "--chdir", "/image", "--"));
        confined.addAll(Squashfs.arguments(Manifest.LAYER));
        return Command.of(confined);
    }

    private static UserError failed(String what, int status, Tail said) {
        List<String> lines = said.lines();
        List<String> last = lines.subList(Math.max(0, lines.size() - 8), lines.size());
        return UserError.failed(
                        what + " failed with status " + status,
                        "correct `packages` or `setup` under [image] in .keystone/agent.toml")
                .quoting(last);
    }
}
