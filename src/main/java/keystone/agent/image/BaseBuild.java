package keystone.agent.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import keystone.agent.model.Progress;
import keystone.agent.process.Command;

/// Makes the files of a base image from a lock, in a directory that nobody else knows yet.
///
/// Everything that decides about the bytes is the lock, the guest's files and this class's version,
/// in [ImageDigests]: no clock, no host name, no path, no order of a directory.
final class BaseBuild {
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final Path work;
    private final ImageLock lock;
    private final GuestFiles guest;
    private final Progress progress;

    /// @param work the build's own directory; the image appears in its folder `image`
    BaseBuild(Path work, ImageLock lock, GuestFiles guest, Progress progress) {
        this.work = work;
        this.lock = lock;
        this.guest = guest;
        this.progress = progress;
    }

    /// Leaves the finished files in `image`.
    ///
    /// @return the kernel's version
    String run(PackageCache cache, Namespaces namespaces) throws IOException, InterruptedException {
        Path image = Files.createDirectory(work.resolve("image"));
        Apt apt = Apt.in(work.resolve("apt"), lock.sources(), "");
        cache.ensure(lock.all(), apt, work.resolve("downloads"), progress);
        LocalRepository.write(work.resolve("repo"), lock.packages(), cache, progress);

        progress.at("unpacking the kernel");
        List<Path> kernelPackages = lock.kernel().stream().map(cache::file).toList();
        String kernel = KernelPackage.unpack(kernelPackages, guest.list("modules"), work);
        KernelPayload.extract(work.resolve("vmlinuz"), image.resolve("vmlinux"));

        RootTree.write(work.resolve("files.tar"), lock, guest, work.resolve("modules"), kernel);
        makeRoot(namespaces, kernel);
        writeInitrd(image, kernel);
        Files.move(work.resolve("out/status"), image.resolve("dpkg-status"));
        Path disk = image.resolve("base.squashfs");
        Squashfs.pack(work.resolve("root.tar"), disk, lock.epoch(), namespaces, progress);
        return kernel;
    }

    private void makeRoot(Namespaces namespaces, String kernel)
            throws IOException, InterruptedException {
        putScript("host/make-root", "make-root");
        putScript("customize", "customize");
        String names =
                lock.packages().stream().map(LockedPackage::name).collect(Collectors.joining(","));
        Command command =
                namespaces
                        .command(
                                work,
                                List.of(
                                        "./make-root",
                                        work.toString(),
                                        lock.suite(),
                                        kernel,
                                        names))
                        .withEnvironment(
                                "SOURCE_DATE_EPOCH", Long.toString(lock.epoch().getEpochSecond()));
        Tool.of(command, LIMIT).onLine(new InstallProgress(progress, lock.packages().size())).run();
    }

    private void putScript(String path, String name) throws IOException {
        Path file = Files.write(work.resolve(name), guest.file(path).content());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void writeInitrd(Path image, String kernel) throws IOException, InterruptedException {
        Path modules = work.resolve("modules");
        var index =
                new ModuleIndex(
                        Files.readString(work.resolve("out/modules.dep"), StandardCharsets.UTF_8),
                        Files.readString(modules.resolve("modules.builtin")));
        Path busybox = work.resolve("out/busybox");
        Initrd.write(
                new Initrd.Parts(guest, busybox, kernel, modules, index, lock.epoch()),
                image.resolve("initrd.cpio"));
    }
}
