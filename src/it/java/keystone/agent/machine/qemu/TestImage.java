package keystone.agent.machine.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.it.SharedImage;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;

/// The guest image that tests boot: the one in the directory that `KEYSTONE_AGENT_TEST_IMAGE`
/// names, else the one that all integration tests share.
final class TestImage {
    static final String VARIABLE = "KEYSTONE_AGENT_TEST_IMAGE";

    private static final String KERNEL = "vmlinux";
    private static final String INITRD = "initrd.cpio";
    private static final String LAYER = "base.squashfs";

    private TestImage() {}

    static Image get() throws IOException, InterruptedException {
        String directory = System.getenv(VARIABLE);
        return directory == null ? SharedImage.image() : in(Path.of(directory));
    }

    private static Image in(Path directory) {
        return new Image(
                Digest.of("image"),
                directory.resolve(KERNEL),
                directory.resolve(INITRD),
                List.of(directory.resolve(LAYER)));
    }

    /// For a user who may not enter where ours is.
    static void copyTo(Path directory) throws IOException, InterruptedException {
        Image image = get();
        Files.createDirectories(directory);
        Files.copy(image.kernel(), directory.resolve(KERNEL));
        Files.copy(image.initrd(), directory.resolve(INITRD));
        Files.copy(image.layers().getFirst(), directory.resolve(LAYER));
    }
}
