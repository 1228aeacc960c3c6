package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProjectFilesTest {
    @TempDir Path project;
    @TempDir Path elsewhere;

    private Path folder;
    private Path file;

    @BeforeEach
    void paths() throws IOException {
        project = project.toRealPath();
        folder = project.resolve(".keystone");
        file = folder.resolve("agent.toml");
    }

    @Test
    void no_file_no_folder_and_no_project_are_nothing() throws IOException {
        assertThat(ProjectFiles.read(project)).isEmpty();
        assertThat(ProjectFiles.read(project.resolve("missing"))).isEmpty();

        Files.createDirectory(folder);
        assertThat(ProjectFiles.read(project)).isEmpty();
    }

    @Test
    void a_plain_file_is_read() throws IOException {
        Files.createDirectory(folder);
        Files.writeString(file, "cpus = 2 # ü\n");

        assertThat(ProjectFiles.read(project))
                .hasValue(new ProjectFile.Content(project, "cpus = 2 # ü\n"));
    }

    @Test
    void a_link_is_refused() throws IOException {
        Files.createDirectory(folder);
        Path secret = Files.writeString(elsewhere.resolve("secret"), "cpus = 2");
        Files.createSymbolicLink(file, secret);

        assertRefused("it is a link or no plain file");
    }

    @Test
    void a_linked_folder_is_refused() throws IOException {
        Files.writeString(elsewhere.resolve("agent.toml"), "cpus = 2");
        Files.createSymbolicLink(folder, elsewhere);

        assertRefused("its folder is a link or no folder");
    }

    @Test
    void a_pipe_is_refused_and_not_waited_for() throws Exception {
        Files.createDirectory(folder);
        Process mkfifo = new ProcessBuilder("mkfifo", file.toString()).start();
        assertThat(mkfifo.waitFor()).isZero();

        assertRefused("it is a link or no plain file");
    }

    @Test
    void a_directory_in_its_place_is_refused() throws IOException {
        Files.createDirectories(file);

        assertRefused("it is a link or no plain file");
    }

    @Test
    void a_long_file_is_refused() throws IOException {
        Files.createDirectory(folder);
        Files.writeString(file, "#".repeat(ProjectFiles.MOST_BYTES));
        assertThat(ProjectFiles.read(project)).isPresent();

        Files.writeString(file, "#".repeat(ProjectFiles.MOST_BYTES + 1));
        assertRefused("it is longer than 64 KiB");
    }

    @Test
    void bytes_that_are_no_text_are_refused() throws IOException {
        Files.createDirectory(folder);
        Files.write(file, new byte[] {'#', (byte) 0xff});

        assertRefused("it is not UTF-8 text");
    }

    @Test
    void what_is_shown_cannot_move_the_cursor_or_hide_itself() throws IOException {
        Files.createDirectory(folder);
        Files.writeString(file, "a = '\u001b[2J\u202e'\r\n");
        ProjectFile.Content content = ProjectFiles.read(project).orElseThrow();

        assertThat(new ProjectFile.Unapproved(content, null).toShow())
                .containsExactly("a = '?[2J?'");
        assertThat(new ProjectFile.Unapproved(content, "b\r").toShow())
                .containsExactly("- b?", "+ a = '?[2J?'");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> ProjectFiles.read(project))
                .isInstanceOf(UserError.class)
                .hasMessage(file + " is not read: " + why);
    }
}
