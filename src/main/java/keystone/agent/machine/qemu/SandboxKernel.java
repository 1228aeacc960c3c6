package keystone.agent.machine.qemu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.Image;
import keystone.agent.process.Enclosure.Place;

/// What sandboxes boot, without a disk: the kernel and the initial RAM disk of an image, up to the
/// first word of the latter. The only proof that counts: a hypervisor may run a few instructions
/// and hang in a kernel's first thousand.
record SandboxKernel(Path kernel, Path initrd) implements ProbeGuest {
    private static final String KERNEL_INSIDE = "/kernel";
    private static final String INITRD_INSIDE = "/initrd";

    static SandboxKernel of(Image image) {
        return new SandboxKernel(image.kernel(), image.initrd());
    }

    @Override
    public String name() {
        return "kernel";
    }

    /// See `guest/initramfs/init`.
    @Override
    public String line() {
        return "keystone: step";
    }

    /// Half a second under KVM, two when translated, and several times that on a busy host.
    @Override
    public Duration limit() {
        return Duration.ofSeconds(15);
    }

    @Override
    public List<Place> places() {
        return List.of(
                Place.readOnly(kernel, KERNEL_INSIDE), Place.readOnly(initrd, INITRD_INSIDE));
    }

    @Override
    public List<String> arguments(Paths paths) {
        return switch (paths) {
            case ENCLOSED -> arguments(KERNEL_INSIDE, INITRD_INSIDE);
            case ON_HOST -> arguments(kernel.toString(), initrd.toString());
        };
    }

    private static List<String> arguments(String kernel, String initrd) {
        return List.of("-kernel", kernel, "-initrd", initrd, "-append", QemuCommandLine.KERNEL);
    }
}
