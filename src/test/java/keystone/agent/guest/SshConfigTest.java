package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What ssh itself understands of the config.
final class SshConfigTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    @TempDir Path home;

    private GuestAddress address(Path directory) throws Exception {
        Files.createDirectories(directory);
        SshKeys keys = SshKeys.ensure(directory.resolve("ssh"), BLUE);
        return new GuestAddress(
                BLUE,
                40123,
                keys,
                directory.resolve("ssh_config"),
                Path.of("/tmp/it's 5% \"m\".sock"),
                SshCipher.OF_HARDWARE);
    }

    private static List<String> understood(GuestAddress address, String alias) throws Exception {
        Command.Finished finished =
                Command.of("ssh", "-G", "-F", address.config().toString(), alias)
                        .run(Duration.ofSeconds(10));
        assertThat(finished.errors()).isEmpty();
        return finished.output().lines().toList();
    }

    @Test
    void paths_with_spaces_quotes_percents_and_unicode_are_understood() throws Exception {
        Path odd = home.resolve("a b'c\"d\\e/100%d %% é 日本 #x");
        GuestAddress address = address(odd);
        SshConfig.write(address);

        assertThat(understood(address, "ks-blue.shared"))
                .contains("userknownhostsfile " + odd.resolve("ssh/known_hosts"))
                .contains("controlpath " + address.masterSocket())
                // ssh -G prints this one before it resolves `%%`.
                .contains(
                        "identityfile "
                                + odd.resolve("ssh/id_ed25519").toString().replace("%", "%%"));
    }

    @Test
    void only_the_pinned_guest_with_the_one_key_is_spoken_to() throws Exception {
        GuestAddress address = address(home.resolve("x"));
        SshConfig.write(address);

        assertThat(understood(address, "ks-blue"))
                .contains(
                        "hostname 127.0.0.1",
                        "port 40123",
                        "user sandbox",
                        "hostkeyalias ks-blue",
                        "stricthostkeychecking true",
                        "globalknownhostsfile /dev/null",
                        "identitiesonly yes",
                        "identityagent none",
                        "forwardagent no",
                        "forwardx11 no",
                        "passwordauthentication no",
                        "batchmode yes",
                        "controlmaster false")
                .anyMatch(line -> line.startsWith("ciphers aes128-gcm@openssh.com,"))
                .noneMatch(line -> line.startsWith("controlpath"));
    }

    @Test
    void the_file_is_private() throws Exception {
        GuestAddress address = address(home.resolve("x"));

        SshConfig.write(address);
        SshConfig.write(address);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address.config())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_path_that_ssh_cannot_be_told_is_refused() {
        for (String path : List.of("/a\nb", "/a/${HOME}/b")) {
            assertThatThrownBy(() -> SshConfig.quoted(Path.of(path)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("ssh cannot use the path");
        }
    }

    @Test
    void a_socket_that_leaves_ssh_no_room_is_refused() throws Exception {
        SshKeys keys = SshKeys.ensure(home.resolve("ssh"), BLUE);

        assertThatThrownBy(
                        () ->
                                new GuestAddress(
                                        BLUE,
                                        1,
                                        keys,
                                        home.resolve("c"),
                                        Path.of("/" + "s".repeat(91)),
                                        SshCipher.OF_HARDWARE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
