package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import keystone.agent.AtOnce;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.workspace.Links;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One line in a file that is the user's own.
final class UserSshConfigTest {
    private static final String THEIRS =
            "# mine, with \u00e9 and no line feed at the end\nHost *\n  User ada\r\n\tPort 2222";

    @TempDir Path top;
    private Path directory;
    private Path file;
    private UserSshConfig config;

    @BeforeEach
    void home() throws Exception {
        directory = top.resolve("home/.ssh");
        file = directory.resolve("config");
        Files.createDirectory(top.resolve("home"));
        config = known(List.of());
    }

    private UserSshConfig known(List<Path> guests) {
        return new UserSshConfig(file, new Links(guests)::resolve, top + "/state/*/ssh_config");
    }

    private void write(String text) throws Exception {
        Files.createDirectories(directory);
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    }

    private String read() throws Exception {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    @Test
    void the_line_stands_at_the_top_and_every_byte_comes_back() throws Exception {
        write(THEIRS);

        assertThat(config.isInstalled()).isFalse();
        assertThat(config.install()).isTrue();
        assertThat(config.isInstalled()).isTrue();
        assertThat(read()).endsWith(THEIRS);
        assertThat(read().lines().skip(1).findFirst()).hasValue(config.includeLine());
        assertThat(config.install()).isFalse();

        assertThat(config.uninstall()).isTrue();
        assertThat(read()).isEqualTo(THEIRS);
        assertThat(config.uninstall()).isFalse();
    }

    @Test
    void what_was_made_is_private_and_goes_again() throws Exception {
        assertThat(config.uninstall()).isFalse();
        assertThat(directory).doesNotExist();

        assertThat(config.install()).isTrue();

        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(directory)).isEqualTo("rwx------");
        assertThat(read()).endsWith(config.includeLine() + "\n");
        assertThat(config.uninstall()).isTrue();
        assertThat(file).doesNotExist();
    }

    @Test
    void a_line_under_a_host_is_of_no_use_and_moves_up() throws Exception {
        write("Host x\n" + config.includeLine() + "\n");

        assertThat(config.isInstalled()).isFalse();
        assertThat(config.install()).isTrue();

        assertThat(config.isInstalled()).isTrue();
        assertThat(read()).containsOnlyOnce(config.includeLine()).endsWith("Host x\n");
    }

    @Test
    void the_link_of_a_dotfiles_manager_and_the_mode_stay() throws Exception {
        Path real = Files.createDirectory(top.resolve("dotfiles")).resolve("ssh");
        Files.writeString(real, "Host x\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r--r--"));
        Files.createDirectory(directory);
        Files.createSymbolicLink(file, real);

        assertThat(config.install()).isTrue();

        assertThat(file).isSymbolicLink();
        assertThat(real).content().contains(config.includeLine()).endsWith("Host x\n");
        assertThat(mode(real)).isEqualTo("rw-r--r--");
        assertThat(config.uninstall()).isTrue();
        assertThat(real).hasContent("Host x\n");
    }

    @Test
    void a_link_that_a_guest_can_change_is_not_followed() throws Exception {
        Path project = Files.createDirectory(top.resolve("project"));
        Path precious = Files.writeString(top.resolve("precious"), "kept\n");
        Files.createSymbolicLink(project.resolve("ssh"), precious);
        Files.createDirectory(directory);
        Files.createSymbolicLink(file, project.resolve("ssh"));

        assertThatThrownBy(() -> known(List.of(project)).install()).isInstanceOf(UserError.class);

        assertThat(precious).hasContent("kept\n");
    }

    @Test
    void ssh_would_take_some_paths_for_patterns() {
        for (String odd : List.of("a[b]", "a*", "a\"b", "a%b", "a$b", "a\nb", "~a")) {
            var there = new UserSshConfig(file, path -> path, "/" + odd + "/*/ssh_config");

            assertThatThrownBy(there::includeLine).as(odd).isInstanceOf(UserError.class);
        }
    }

    /// Asks ssh itself.
    @Test
    void ssh_reads_what_is_included_before_what_is_the_users() throws Exception {
        write("Host *\n  User ada\n  ForwardAgent yes\n");
        Path block = Files.createDirectories(top.resolve("state/blue")).resolve("ssh_config");
        Files.writeString(block, "Host ks-blue\n  User sandbox\n  ForwardAgent no\n");
        assertThat(config.install()).isTrue();

        Command.Finished asked =
                Command.of("ssh", "-F", file.toString(), "-G", "ks-blue")
                        .run(Duration.ofSeconds(9));

        assertThat(asked.output().lines()).contains("user sandbox", "forwardagent no");
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void several_commands_install_and_uninstall_at_once_and_each_succeeds() throws Exception {
        Callable<?> install = config::install;
        Callable<?> uninstall = config::uninstall;

        for (int round = 0; round < 100; round++) {
            AtOnce.run(1, install, install, install, install);
            assertThat(read().lines()).containsOnlyOnce(config.includeLine());
            AtOnce.run(1, uninstall, uninstall, uninstall, uninstall);
            assertThat(file).doesNotExist();
            Files.delete(directory);
        }
    }

    @Test
    void why_a_link_to_nothing_cannot_be_written_is_told_in_words() throws Exception {
        Files.createDirectories(directory);
        Files.createSymbolicLink(file, top.resolve("gone/config"));

        assertThatThrownBy(config::install)
                .isInstanceOf(UserError.class)
                .hasMessageEndingWith("no such file or directory");
    }
}
