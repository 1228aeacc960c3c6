package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.Access;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShareRulesTest {
    @TempDir Path temporary;
    private Path home;
    private ShareRules rules;

    @BeforeEach
    void a_home() throws IOException {
        home = Files.createDirectories(temporary.toRealPath().resolve("ann"));
        rules = new ShareRules(home, List.of(home.resolve(".local/state/keystone-agent")));
    }

    private String refusal(String directory, Access access) {
        return rules.refusal(Path.of(directory), access).orElse("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tmp/x",
                "/srv/x",
                "/srv",
                "/opt/x",
                "/var/www/x",
                "/home/bob/src/x",
                "/root/x",
                "/mnt/disk",
                "/data",
                "/usr/local/src/x",
                "/run/media/ann/disk",
                "/x/keyrings"
            })
    void where_projects_are_is_shared_also_for_writing(String directory) {
        assertThat(refusal(directory, Access.READ_WRITE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/home", "/root", "/tmp", "/var/tmp", "/var", "/etc/ssh"})
    void what_is_everybodys_is_never_shared(String directory) {
        assertThat(refusal(directory, Access.READ_ONLY)).isNotEmpty();
        assertThat(refusal(directory, Access.READ_WRITE)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/boot", "/dev/shm", "/proc/1", "/sys", "/run/user/1000", "/var/lib/docker"})
    void the_systems_insides_are_never_shared(String directory) {
        assertThat(refusal(directory, Access.READ_ONLY)).isEqualTo("belongs to the system");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr", "/usr/bin", "/usr/lib/jvm", "/lib", "/nix/store/x", "/var/log"})
    void programs_may_be_looked_at_only(String directory) {
        assertThat(refusal(directory, Access.READ_ONLY)).isEmpty();
        assertThat(refusal(directory, Access.READ_WRITE)).contains("only be shown read-only");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/home/bob/.ssh",
                "/srv/x/.gnupg/y",
                "/home/bob/.config/gh",
                "/x/.local/share/keyrings"
            })
    void keys_are_refused_whoever_they_belong_to(String directory) {
        assertThat(refusal(directory, Access.READ_ONLY))
                .isEqualTo("is a place for keys and passwords");
    }

    @Test
    void what_holds_keys_is_refused_when_there_are_some() throws IOException {
        Path local = Files.createDirectories(home.resolve("work/.local"));

        assertThat(refusal(local.toString(), Access.READ_WRITE)).isEmpty();
        assertThat(refusal(home + "/.config", Access.READ_WRITE))
                .isEqualTo("holds what many programs keep");
        Files.createDirectories(home.resolve(".config/gh"));
        assertThat(refusal(home + "/.config", Access.READ_WRITE))
                .isEqualTo("contains " + home + "/.config/gh");
    }

    @Test
    void somebody_who_lives_within_the_system_has_projects_there() {
        var service = new ShareRules(Path.of("/var/lib/builder"), List.of());

        assertThat(service.refusal(Path.of("/var/lib/builder/x"), Access.READ_WRITE)).isEmpty();
        assertThat(service.refusal(Path.of("/var/lib/builder"), Access.READ_WRITE)).isPresent();
        assertThat(service.refusal(Path.of("/var/lib/dpkg"), Access.READ_WRITE)).isPresent();
    }

    @Test
    void a_home_that_is_the_root_opens_nothing() {
        var nobody = new ShareRules(Path.of("/"), List.of());

        assertThat(nobody.refusal(Path.of("/etc/ssh"), Access.READ_ONLY)).isPresent();
        assertThat(nobody.refusal(Path.of("/srv/x"), Access.READ_WRITE)).isEmpty();
    }
}
