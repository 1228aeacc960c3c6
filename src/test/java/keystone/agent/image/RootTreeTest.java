package keystone.agent.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootTreeTest {
    private static final GuestFiles GUEST =
            new GuestFiles(
                    List.of(
                            new GuestFiles.GuestFile("rootfs/etc/keystone/boot", 0755, "boot"),
                            new GuestFiles.GuestFile("packages", 0644, "git\n")));

    @TempDir Path temporary;

    @Test
    void it_holds_our_files_the_modules_and_the_package_sources() throws IOException {
        Map<String, String> files = written(temporary.resolve("a.tar"));

        assertThat(files)
                .containsOnlyKeys(
                        "etc/keystone/boot",
                        "etc/apt/sources.list",
                        "usr/lib/modules/6.1/kernel/fs/ext4.ko",
                        "usr/lib/modules/6.1/modules.order")
                .containsEntry(
                        "etc/apt/sources.list",
                        "deb https://mirror.example/debian/ bookworm main\n");
    }

    @Test
    void the_same_files_give_the_same_bytes() throws IOException {
        written(temporary.resolve("a.tar"));
        written(temporary.resolve("b.tar"));

        assertThat(temporary.resolve("a.tar")).hasSameBinaryContentAs(temporary.resolve("b.tar"));
    }

    private Map<String, String> written(Path target) throws IOException {
        Path modules = temporary.resolve("modules");
        Files.createDirectories(modules.resolve("kernel/fs"));
        Files.writeString(modules.resolve("kernel/fs/ext4.ko"), "code");
        Files.writeString(modules.resolve("modules.order"), "order");
        ImageLock lock = Samples.lock(Samples.locked("git", "2.39"));

        RootTree.write(target, lock, GUEST, modules, "6.1");

        var found = new LinkedHashMap<String, String>();
        try (InputStream in = Files.newInputStream(target);
                var tar = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                found.put(entry.getName(), new String(tar.readAllBytes(), UTF_8));
                assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(Samples.EPOCH);
                assertThat(entry.getLongUserId() + entry.getLongGroupId()).isZero();
                assertThat(entry.getMode() & 0777)
                        .isEqualTo(entry.getName().endsWith("boot") ? 0755 : 0644);
            }
        }
        return found;
    }
}
