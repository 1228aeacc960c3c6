package keystone.agent.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentSkipListSet;
import keystone.agent.model.Digest;
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
                .containsPattern("Dir::State::status \"/.*/status\"");
    }

    /// Also when root builds, in a directory that only root may enter.
    @Test
    void what_talks_to_servers_is_not_root() throws Exception {
        var users = new ConcurrentSkipListSet<Integer>();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpServer mirror = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        mirror.createContext(
                "/",
                exchange -> {
                    users.add(userOf(exchange.getRemoteAddress().getPort()));
                    exchange.sendResponseHeaders(200, 3);
                    exchange.getResponseBody().write("deb".getBytes(UTF_8));
                    exchange.close();
                });
        mirror.start();
        String uri = "http://127.0.0.1:" + mirror.getAddress().getPort() + "/git.deb";
        var git = new LockedPackage("git", "1", "amd64", Digest.of("deb"), 3, uri);
        Apt apt = Apt.in(temporary.resolve("apt"), List.of(Samples.source()), "");

        Path downloads = apt.download(List.of(git), () -> {});
        mirror.stop(0);

        assertThat(downloads.resolve(git.sha256() + ".deb")).hasContent("deb");
        assertThat(users).isNotEmpty().doesNotContain(0);
    }

    /// Whose the other end of a connection is (proc(5), `net/tcp`).
    private static int userOf(int port) throws IOException {
        String address = String.format(Locale.ROOT, "0100007F:%04X", port);
        return Files.readAllLines(Path.of("/proc/net/tcp")).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(field -> field[1].equals(address))
                .map(field -> Integer.valueOf(field[7]))
                .findFirst()
                .orElseThrow();
    }
}
