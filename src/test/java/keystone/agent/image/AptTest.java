package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptTest {
    private static final String HASH = "a".repeat(64);

    @TempDir Path temporary;

    @Test
    void a_file_of_apts_answer_is_a_package_with_its_exact_version() {
        String line =
                "'https://mirror.example/pool/g/git_2.39%2bdeb12u3_amd64.deb'"
                        + " git_1%3a2.39.5-0+deb12u3~x_amd64.deb 7264380 SHA256:"
                        + HASH;

        LockedPackage found = Apt.packageIn(line).orElseThrow();

        assertThat(found.label()).isEqualTo("git 1:2.39.5-0+deb12u3~x");
        assertThat(found.architecture()).isEqualTo("amd64");
        assertThat(found.size()).isEqualTo(7264380);
        assertThat(found.sha256().hex()).isEqualTo(HASH);
        assertThat(found.uri()).endsWith("git_2.39%2bdeb12u3_amd64.deb");
    }

    @Test
    void other_lines_of_apts_answer_are_passed_over() {
        assertThat(Apt.packageIn("The following NEW packages will be installed:")).isEmpty();
        assertThat(Apt.packageIn("'https://mirror.example/x' x_1_all.deb 10 MD5Sum:0")).isEmpty();
    }

    @Test
    void the_date_of_an_index_is_read() {
        String release =
                "Origin: Debian\nDate: Sat, 7 Jun 2025 09:05:12 UTC\nArchitectures: amd64\n";

        assertThat(Apt.releaseDate(release)).isEqualTo(Instant.parse("2025-06-07T09:05:12Z"));
        assertThat(Apt.releaseDate("Origin: Debian\n")).isEqualTo(Instant.EPOCH);
    }

    @Test
    void apt_works_in_our_directory_with_our_sources_only() throws Exception {
        Apt.in(temporary, List.of(Samples.source()), "Package: base\n");

        assertThat(Files.readString(temporary.resolve("sources/host.sources")))
                .isEqualTo(
                        """
                        Types: deb
                        URIs: https://mirror.example/debian/
                        Suites: bookworm
                        Components: main
                        Architectures: amd64
                        Signed-By: /usr/share/keyrings/debian.gpg

                        """);
        assertThat(Files.readString(temporary.resolve("apt.conf")))
                .contains("Dir::Etc::parts \"/dev/null\"")
                .contains("Dir::State::status \"" + temporary + "/status\"");
    }
}
