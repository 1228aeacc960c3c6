package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostSourcesTest {
    @Test
    void components_of_one_suite_are_one_source() {
        String targets =
                target("Debian", "https://mirror.example/debian/", "bookworm", "main")
                        + target("Debian", "https://mirror.example/debian/", "bookworm", "contrib")
                        + target(
                                "Debian",
                                "https://mirror.example/debian/",
                                "bookworm-updates",
                                "main");

        List<PackageSource> sources = HostSources.parse(targets, _ -> "/keys.gpg");

        assertThat(sources)
                .containsExactly(
                        new PackageSource(
                                "Debian",
                                "https://mirror.example/debian/",
                                "bookworm",
                                List.of("main", "contrib"),
                                "/keys.gpg"),
                        new PackageSource(
                                "Debian",
                                "https://mirror.example/debian/",
                                "bookworm-updates",
                                List.of("main"),
                                "/keys.gpg"));
    }

    @Test
    void sources_of_other_vendors_and_other_machines_are_left_out() {
        String targets =
                target("A vendor", "https://vendor.example/", "stable", "main")
                        + target("", "https://unfetched.example/", "stable", "main")
                        + target("Debian", "https://mirror.example/debian/", "bookworm", "main")
                                .replace("amd64", "arm64");

        assertThat(HostSources.parse(targets, _ -> null)).isEmpty();
    }

    @Test
    void a_keyring_is_found_in_the_entrys_own_stanza() {
        String file =
                """
                # The main archive.
                Types: deb
                URIs: https://mirror.example/debian
                Signed-By: /usr/share/keyrings/one.gpg

                # Security
                Types: deb
                URIs: https://mirror.example/security
                signed-by: /usr/share/keyrings/two.gpg
                """;

        assertThat(HostSources.keyring(file, 1, true)).isEqualTo("/usr/share/keyrings/one.gpg");
        assertThat(HostSources.keyring(file, 2, true)).isEqualTo("/usr/share/keyrings/two.gpg");
        assertThat(HostSources.keyring(file, 3, true)).isNull();
    }

    @Test
    void a_keyring_is_found_in_the_entrys_own_line() {
        String file =
                """
                # comment
                deb [arch=amd64 signed-by=/etc/apt/keyrings/one.asc] https://mirror.example x main
                deb https://mirror.example y main
                """;

        assertThat(HostSources.keyring(file, 2, false)).isEqualTo("/etc/apt/keyrings/one.asc");
        assertThat(HostSources.keyring(file, 3, false)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----", "Signed-By: 0123ABCD"})
    void a_key_that_is_no_file_is_left_to_apt(String stanza) {
        assertThat(HostSources.keyring("Types: deb\n" + stanza, 1, true)).isNull();
    }

    private static String target(String origin, String uri, String suite, String component) {
        return """
               MetaKey: x
               Origin: %s
               Repo-URI: %s
               Release: %s
               Component: %s
               Architecture: amd64
               Sourcesentry: /nonexistent:1

               """
                .formatted(origin, uri, suite, component);
    }
}
