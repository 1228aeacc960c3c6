package keystone.agent.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitrdTest {
    private static final String DEPENDENCIES =
            """
            kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko kernel/fs/mbcache.ko
            kernel/lib/crc16.ko:
            kernel/fs/mbcache.ko:
            kernel/drivers/char/hw_random/virtio-rng.ko:
            """;

    @TempDir Path temporary;
    private Path modules;
    private Path busybox;

    @BeforeEach
    void fill() throws IOException {
        modules = temporary.resolve("modules");
        for (String line : DEPENDENCIES.lines().toList()) {
            String path = line.substring(0, line.indexOf(':'));
            Files.createDirectories(modules.resolve(path).getParent());
            Files.writeString(modules.resolve(path), "code of " + path);
        }
        busybox = Files.writeString(temporary.resolve("busybox"), "many tools");
    }

    @Test
    void it_holds_init_busybox_and_the_drivers_with_what_they_need() throws Exception {
        Map<String, String> files = written("ext4\nvirtio_rng\n");

        assertThat(files)
                .containsEntry("init", "#!init")
                .containsEntry("bin/busybox", "many tools")
                .containsEntry("drivers", "ext4 virtio_rng\n")
                .containsEntry("lib/modules/6.1/crc16.ko", "code of kernel/lib/crc16.ko")
                .containsKeys("lib/modules/6.1/mbcache.ko", "lib/modules/6.1/virtio_rng.ko");
        assertThat(files.get("lib/modules/6.1/modules.dep"))
                .contains("ext4.ko: crc16.ko mbcache.ko\n")
                .contains("virtio_rng.ko: \n");
    }

    @Test
    void it_has_the_places_that_init_mounts_at() throws Exception {
        assertThat(written("ext4\n"))
                .containsKeys("proc", "dev", "sys", "disk", "lower/base", "root");
    }

    @Test
    void what_is_built_into_the_kernel_needs_no_module() throws Exception {
        assertThat(written("ext4\nloop\n").get("lib/modules/6.1/modules.dep"))
                .doesNotContain("loop");
    }

    @Test
    void a_driver_that_the_kernel_lacks_fails_the_build() {
        assertThatThrownBy(() -> written("nosuch\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no module nosuch");
    }

    @Test
    void the_same_parts_give_the_same_bytes() throws Exception {
        Path first = write("ext4\n", "first");
        Path second = write("ext4\n", "second");

        assertThat(second).hasSameBinaryContentAs(first);
    }

    private Path write(String drivers, String name) throws IOException, InterruptedException {
        var guest =
                new GuestFiles(
                        List.of(
                                new GuestFiles.GuestFile("initramfs/init", 0755, "#!init"),
                                new GuestFiles.GuestFile("drivers", 0644, drivers)));
        var index = new ModuleIndex(DEPENDENCIES, "kernel/drivers/block/loop.ko\n");
        Path target = temporary.resolve(name);
        Initrd.write(
                new Initrd.Parts(guest, busybox, "6.1", modules, index, Samples.EPOCH), target);
        return target;
    }

    private Map<String, String> written(String drivers) throws IOException, InterruptedException {
        var found = new LinkedHashMap<String, String>();
        try (InputStream in = Files.newInputStream(write(drivers, "initrd"));
                var cpio = new CpioArchiveInputStream(in)) {
            for (CpioArchiveEntry entry = cpio.getNextEntry();
                    entry != null;
                    entry = cpio.getNextEntry()) {
                found.put(entry.getName(), new String(cpio.readAllBytes(), UTF_8));
                assertThat(entry.getUID() + entry.getGID()).isZero();
                assertThat(entry.getTime()).isEqualTo(Samples.EPOCH.getEpochSecond());
            }
        }
        return found;
    }
}
