package keystone.agent.devshell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is asserted here holds for root anyway: run it as somebody else, too.
final class CaptureDirectoryTest {
    @TempDir private Path top;

    @Test
    void what_direnv_has_made_read_only_ends_no_evaluation_and_goes() throws IOException {
        Path left = top.resolve(".evaluating-left");
        readOnly(left.resolve("store/entry"));
        Files.setLastModifiedTime(left, FileTime.fromMillis(0));

        Path work = new CaptureDirectory(top).begin();

        assertThat(left).doesNotExist();
        assertThat(work).isDirectory();
    }

    @Test
    void what_is_kept_in_read_only_directories_is_removed() throws IOException {
        Path directory = top.resolve("place");
        readOnly(directory.resolve(".evaluating-left"));

        new CaptureDirectory(directory).remove();

        assertThat(directory).doesNotExist();
    }

    @Test
    void what_a_link_leads_to_stays() throws IOException {
        Path elsewhere = Files.createDirectories(top.resolve("elsewhere/inside"));
        Path directory = Files.createDirectories(top.resolve("place"));
        Files.createSymbolicLink(directory.resolve("link"), elsewhere.getParent());

        new CaptureDirectory(directory).remove();

        assertThat(directory).doesNotExist();
        assertThat(elsewhere).exists();
    }

    private static void readOnly(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("file"), "");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
}
