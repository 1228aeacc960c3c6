package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of a guest's changes becomes a layer: the guest's own script, over a directory that looks
/// like the guest's.
class PackScriptTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path temporary;
    private Path upper;
    private Path scripts;

    @BeforeEach
    void prepare() throws IOException {
        upper = Files.createDirectory(temporary.resolve("upper"));
        scripts = Files.createDirectory(temporary.resolve("layer"));
        GuestFiles guest = GuestFiles.load();
        for (String name : List.of("pack", "exclude")) {
            Path file = Files.write(scripts.resolve(name), guest.file("layer/" + name).content());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void directories_for_logs_stay_without_what_was_logged() throws Exception {
        write("var/log/nginx/access.log");
        write("var/log/dpkg.log");

        assertThat(packed()).contains("./var/log/nginx/").noneMatch(name -> name.endsWith(".log"));
    }

    @Test
    void what_belongs_to_one_guest_or_one_boot_is_left_out() throws Exception {
        List<String> own =
                List.of(
                        "etc/hostname",
                        "etc/ssh/ssh_host_ed25519_key",
                        "home/sandbox/.ssh/authorized_keys",
                        "root/.bash_history",
                        "tmp/some/thing",
                        "var/cache/apt/archives/bc.deb",
                        "var/lib/apt/lists/deb_InRelease",
                        "var/lib/dpkg/status-old",
                        "var/tmp/some/thing");
        for (String each : own) {
            write(each);
        }
        write("etc/kept");

        assertThat(packed()).contains("./etc/kept").doesNotContainAnyElementsOf(asPacked(own));
    }

    @Test
    void a_pattern_means_files_of_its_own_directory_only() throws Exception {
        write("var/lib/dpkg/alternatives/editor-old");

        assertThat(packed()).contains("./var/lib/dpkg/alternatives/editor-old");
    }

    private static List<String> asPacked(List<String> names) {
        return names.stream().map(name -> "./" + name).toList();
    }

    private void write(String name) throws IOException {
        Path file = upper.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, name);
    }

    /// Names as tar lists them.
    private List<String> packed() throws InterruptedException {
        Path archive = temporary.resolve("layer.tar");
        String script = "/layer/pack >/out/" + archive.getFileName();
        var guest = new ArrayList<>(List.of("bwrap", "--unshare-user", "--die-with-parent"));
        guest.addAll(List.of("--uid", "0", "--gid", "0", "--ro-bind", "/usr", "/usr"));
        for (String link : List.of("bin", "lib", "lib64", "sbin")) {
            guest.addAll(List.of("--symlink", "usr/" + link, "/" + link));
        }
        // The guest sees what it has changed at two places.
        guest.addAll(List.of("--bind", upper.toString(), "/run/ks-disk/root/upper"));
        guest.addAll(List.of("--dir", "/var", "--bind-try", upper + "/var", "/var"));
        guest.addAll(List.of("--ro-bind", scripts.toString(), "/layer"));
        guest.addAll(List.of("--bind", temporary.toString(), "/out", "--", "sh", "-c", script));
        Command.Finished done = Command.of(guest).run(LIMIT);
        assertThat(done.ok()).as(done.errors()).isTrue();
        return Command.of("tar", "-tf", archive.toString()).run(LIMIT).output().lines().toList();
    }
}
