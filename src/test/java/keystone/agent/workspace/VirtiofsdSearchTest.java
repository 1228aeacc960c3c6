package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import keystone.agent.workspace.Virtiofsd.Home;
import keystone.agent.workspace.VirtiofsdSearch.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtiofsdSearchTest {
    @TempDir Path host;

    @Test
    void none_is_told_as_such() throws Exception {
        assertThat(search()).isEqualTo(new Finding.Unusable("virtiofsd is not installed"));
    }

    @Test
    void the_one_in_rust_is_usable() throws Exception {
        Path rust = program("rust", "echo virtiofsd 1.13.2");

        assertThat(search(rust))
                .isEqualTo(new Finding.Usable(new Virtiofsd(rust, "virtiofsd 1.13.2", Home.HOST)));
    }

    /// The words of Debian 12's, the second line included.
    @Test
    void the_one_in_c_is_recognised_and_refused() throws Exception {
        Path c =
                program(
                        "c",
                        "echo 'virtiofsd version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)'",
                        "echo 'using FUSE kernel interface version 7.36'");

        assertThat(search(c))
                .isEqualTo(new Finding.Unusable(c + " is the old one in C, which needs root"));
    }

    @Test
    void one_that_is_too_old_or_tells_nothing_is_refused() throws Exception {
        Path old = program("old", "echo virtiofsd 1.10.1");
        Path silent = program("silent", "exit 1");

        assertThat(search(old))
                .isEqualTo(new Finding.Unusable(old + " is virtiofsd 1.10.1, older than 1.13"));
        assertThat(search(silent)).isEqualTo(new Finding.Unusable(silent + " tells no version"));
    }

    @Test
    void a_usable_one_is_found_behind_one_that_is_not() throws Exception {
        Path c = program("c", "echo virtiofsd version 7.2.22");
        Path rust = program("rust", "echo virtiofsd 1.14.0");

        assertThat(search(c, rust)).isInstanceOf(Finding.Usable.class);
    }

    @Test
    void the_private_folders_is_taken_when_the_hosts_own_are_of_no_use() throws Exception {
        Path c = program("c", "echo virtiofsd version 7.2.22");
        Path folder = Files.createDirectories(host.resolve("folder"));
        program("folder/virtiofsd", "");
        Files.createDirectories(folder.resolve("lib"));
        // Called as the loader is, with the program as its last argument.
        program(
                "folder/lib/ld-linux-x86-64.so.2",
                "test \"$4\" = --version && echo virtiofsd 1.13.2");

        assertThat(new VirtiofsdSearch(List.of(c), folder).find())
                .isEqualTo(
                        new Finding.Usable(new Virtiofsd(folder, "virtiofsd 1.13.2", Home.FOLDER)));
    }

    private Finding search(Path... programs) throws InterruptedException {
        return new VirtiofsdSearch(List.of(programs), host.resolve("none")).find();
    }

    private Path program(String name, String... lines) throws IOException {
        Path file = host.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
