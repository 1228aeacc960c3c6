package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.model.SandboxName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SshKeysTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    @TempDir Path home;
    private Path place;

    @BeforeEach
    void name_the_place() {
        place = home.resolve("ssh");
    }

    @Test
    void they_are_private_and_tell_nothing_of_the_host() throws Exception {
        SshKeys.ensure(place, BLUE);

        assertThat(mode(place)).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(place)) {
            assertThat(files).hasSize(5).allMatch(file -> mode(file).equals("rw-------"));
        }
        assertThat(place.resolve("id_ed25519.pub")).content().endsWith(" ks-blue\n");
        assertThat(place.resolve("ssh_host_ed25519_key.pub")).content().endsWith(" ks-blue\n");
        assertThat(place.resolve("known_hosts")).content().matches("ks-blue ssh-ed25519 \\S+\n");
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_whole_set_stays() throws Exception {
        String first = SshKeys.ensure(place, BLUE).hostPublicKey();

        assertThat(SshKeys.ensure(place, BLUE).hostPublicKey()).isEqualTo(first);
    }

    @Test
    void a_renewed_set_shares_nothing_with_the_old_one() throws Exception {
        SshKeys old = SshKeys.ensure(place, BLUE);

        SshKeys renewed = SshKeys.renew(place, BLUE);

        assertThat(renewed.hostPublicKey()).isNotEqualTo(old.hostPublicKey());
        assertThat(renewed.userPublicKey()).isNotEqualTo(old.userPublicKey());
        assertThat(names(home)).containsExactly("ssh");
    }

    @Test
    void a_set_that_lacks_a_file_or_half_of_one_is_not_used() throws Exception {
        for (String file : List.of("id_ed25519", "ssh_host_ed25519_key", "known_hosts")) {
            String before = SshKeys.ensure(place, BLUE).userPublicKey();
            Files.delete(place.resolve(file));
            String after = SshKeys.ensure(place, BLUE).userPublicKey();
            assertThat(after).as("without %s", file).isNotEqualTo(before);

            byte[] whole = Files.readAllBytes(place.resolve(file));
            Files.write(
                    place.resolve(file),
                    java.util.Arrays.copyOf(
                            whole, file.equals("id_ed25519") ? 0 : whole.length / 2));
            assertThat(SshKeys.ensure(place, BLUE).userPublicKey())
                    .as("with half of %s", file)
                    .isNotEqualTo(after);
        }
    }

    @Test
    void what_a_killed_process_left_is_neither_used_nor_kept() throws Exception {
        SshKeys.ensure(place, BLUE);
        Files.move(place, home.resolve(".ssh.new"));
        Files.createDirectory(home.resolve(".ssh.old"));
        Files.writeString(home.resolve(".ssh.old/id_ed25519"), "old");
        String abandoned = Files.readString(home.resolve(".ssh.new/id_ed25519.pub"));

        SshKeys keys = SshKeys.ensure(place, BLUE);

        assertThat(keys.userPublicKey()).isNotEqualTo(abandoned);
        assertThat(names(home)).containsExactly("ssh");
    }

    @Test
    void a_set_of_another_sandbox_is_not_used() throws Exception {
        String blue = SshKeys.ensure(place, BLUE).hostPublicKey();

        assertThat(SshKeys.ensure(place, new SandboxName("red")).hostPublicKey())
                .isNotEqualTo(blue);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
