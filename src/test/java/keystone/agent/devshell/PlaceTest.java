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
final class PlaceTest {
    @TempDir private Path top;

    @Test
    void what_direnv_has_made_read_only_ends_no_evaluation_and_goes() throws IOException {
        Path left = top.resolve(".evaluating-left");
        readOnly(left.resolve("store/entry"));
        Files.setLastModifiedTime(left, FileTime.fromMillis(0));

        Path work = new Place(top).begin();

        assertThat(left).doesNotExist();
        assertThat(work).isDirectory();
    }

    @Test
    void a_place_with_read_only_directories_is_removed() throws IOException {
        Path place = top.resolve("place");
        readOnly(place.resolve(".evaluating-left"));

        new Place(place).remove();

        assertThat(place).doesNotExist();
    }

    @Test
    void what_a_link_leads_to_stays() throws IOException {
        Path elsewhere = Files.createDirectories(top.resolve("elsewhere/inside"));
        Path place = Files.createDirectories(top.resolve("place"));
        Files.createSymbolicLink(place.resolve("link"), elsewhere.getParent());

        new Place(place).remove();

        assertThat(place).doesNotExist();
        assertThat(elsewhere).exists();
    }

    private static void readOnly(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("file"), "");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
}
