package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.EgressMode;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GuestConfigTest {
    private static final SandboxName BLUE = new SandboxName("blue");
    private static final BuildId BUILD = new BuildId("0123456789ab-0123456789abcdef");

    @TempDir Path home;

    private GuestConfig config(String nonce, Map<String, String> environment) throws Exception {
        return new GuestConfig(
                BLUE,
                BUILD,
                nonce,
                new Owner(1000, 1001),
                SshKeys.ensure(home.resolve("ssh"), BLUE),
                new GuestConfig.Files(
                        GuestConfig.FileSystem.NINE_P,
                        List.of(
                                new GuestMount("workspace", "/workspace", Access.READ_WRITE),
                                new GuestMount("m1", "/data/a b, c", Access.READ_ONLY)),
                        GuestConfig.GitDirectory.OWN),
                EgressMode.BALANCED,
                new GuestConfig.Sessions(environment, null, null));
    }

    @Test
    void a_real_tar_unpacks_what_the_guest_expects() throws Exception {
        GuestConfig config = config("nonce-12345", Map.of("A", "it's", "B", ""));
        Path archive = home.resolve("config.tar");
        Files.write(archive, config.tar());
        Path out = Files.createDirectory(home.resolve("out"));

        Command.Finished unpacked =
                Command.of("tar", "-xpf", archive.toString(), "-C", out.toString())
                        .run(Duration.ofSeconds(10));

        assertThat(unpacked.ok()).isTrue();
        assertThat(out.resolve("hostname")).content().isEqualTo("blue\n");
        assertThat(out.resolve("build-id")).content().isEqualTo(BUILD + "\n");
        assertThat(out.resolve("nonce")).content().isEqualTo("nonce-12345\n");
        assertThat(out.resolve("uid")).content().isEqualTo("1000\n");
        assertThat(out.resolve("gid")).content().isEqualTo("1001\n");
        assertThat(out.resolve("filesystem")).content().isEqualTo("9p\n");
        assertThat(out.resolve("mounts"))
                .content()
                .isEqualTo("workspace\t/workspace\trw\nm1\t/data/a b, c\tro\n");
        assertThat(out.resolve("env.sh"))
                .content()
                .as("what was asked for comes last, so that it holds")
                .startsWith("if [ -r /run/keystone/secrets.sh ]; then . /run/keystone/secrets.sh;")
                .endsWith("fi\nexport A='it'\\''s'\nexport B=''\n");
        assertThat(out.resolve("authorized_keys"))
                .hasSameTextualContentAs(home.resolve("ssh/id_ed25519.pub"));
        assertThat(out.resolve("ssh_host_ed25519_key"))
                .hasSameTextualContentAs(home.resolve("ssh/ssh_host_ed25519_key"));
        assertThat(Files.getPosixFilePermissions(out.resolve("ssh_host_ed25519_key"))).hasSize(2);
        assertThat(out.resolve("ssh_host_ed25519_key.pub")).isRegularFile();
    }

    @Test
    void equal_configs_give_equal_bytes() throws Exception {
        byte[] first = config("nonce-12345", Map.of("A", "1", "B", "2")).tar();

        assertThat(config("nonce-12345", Map.of("B", "2", "A", "1")).tar()).isEqualTo(first);
        assertThat(config("nonce-54321", Map.of("A", "1", "B", "2")).tar()).isNotEqualTo(first);
    }

    @Test
    void it_does_not_print_the_environment() throws Exception {
        GuestConfig config = config("nonce-12345", Map.of("TOKEN", "secret"));

        assertThat(config.toString()).doesNotContain("secret");
        assertThat(config.sessions().toString()).doesNotContain("secret");
    }

    @Test
    void what_would_break_the_guests_line_by_line_reading_is_refused() {
        assertThatThrownBy(() -> config("nonce\n12345", Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GuestMount("t", "/a\tb", Access.READ_WRITE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GuestMount("t\t", "/a", Access.READ_WRITE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
