package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestFilesTest {
    /// A file that the index lacks would neither be in the image nor in its digest.
    @ParameterizedTest
    @ValueSource(strings = {"guest", "agents"})
    void the_index_names_every_file_with_its_mode(String name) throws IOException {
        Path folder = Path.of("src/main/resources", name);
        var lines = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String path = folder.relativize(file).toString();
                if (!path.equals("index")) {
                    lines.add((Files.isExecutable(file) ? "0755 " : "0644 ") + path);
                }
            }
        }

        List<String> index =
                Files.readAllLines(folder.resolve("index")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .toList();

        assertThat(index).containsExactlyInAnyOrderElementsOf(lines);
    }

    @Test
    void the_build_has_recorded_their_digest() {
        assertThat(GuestFiles.recordedDigest()).isEqualTo(GuestFiles.load().digest());
        assertThat(GuestFiles.recordedDigestOfAgents()).isEqualTo(GuestFiles.ofAgents().digest());
    }

    @Test
    void lists_are_read_without_comments() {
        assertThat(GuestFiles.load().list("packages"))
                .contains("git", "ripgrep", "gcc", "nftables")
                .noneMatch(name -> name.contains("#") || name.isBlank());
    }

    @Test
    void the_roots_files_have_their_paths_in_the_guest() {
        assertThat(GuestFiles.load().rootTree())
                .extracting(GuestFiles.GuestFile::path)
                .contains("etc/inittab", "etc/ssh/sshd_config");
    }

    /// What `customize` does is said there; this keeps the two ends of a boot from being lost.
    @Test
    void what_init_starts_is_in_the_image() {
        GuestFiles guest = GuestFiles.load();
        List<String> started =
                guest.file("rootfs/etc/inittab")
                        .text()
                        .lines()
                        .map(line -> line.replaceFirst("^::[a-z]+:", ""))
                        .filter(line -> line.startsWith("/etc/keystone/"))
                        .map(line -> "rootfs" + line)
                        .toList();

        assertThat(started)
                .hasSize(4)
                .allSatisfy(path -> assertThat(guest.file(path).mode()).isEqualTo(0755));
    }
}
