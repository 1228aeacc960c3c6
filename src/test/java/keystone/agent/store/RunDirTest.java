package keystone.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/tmp` is everybody's: what others could have put into a run directory must not be obeyed.
class RunDirTest {
    @TempDir Path temporary;

    @Test
    void it_is_made_private_with_the_directory_that_it_is_in() throws IOException {
        var run = new RunDir(temporary.resolve("ka-1/one"));

        run.create();

        assertThat(mode(run.path())).isEqualTo("rwx------");
        assertThat(mode(temporary.resolve("ka-1"))).isEqualTo("rwx------");
    }

    @Test
    void one_that_was_private_before_is_used_again() {
        var run = new RunDir(temporary.resolve("ka-1/one"));
        run.create();

        run.create();

        assertThat(run.exists()).isTrue();
    }

    @Test
    void one_that_others_can_write_is_refused() throws IOException {
        Path open = Files.createDirectory(temporary.resolve("ka-1"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertRefused(open);
    }

    @Test
    void a_link_is_refused_also_when_it_leads_to_a_private_directory() throws IOException {
        Path own = PrivateFiles.createDirectories(temporary.resolve("own"));
        Path link = Files.createSymbolicLink(temporary.resolve("ka-1"), own);

        assertRefused(link);
    }

    private static void assertRefused(Path runtime) {
        var run = new RunDir(runtime.resolve("one"));

        assertThatThrownBy(run::create)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(runtime.toString());
        assertThat(run.exists()).isFalse();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
